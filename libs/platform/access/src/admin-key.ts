import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiKeys } from './api-keys.js';
import { SCOPES } from './scopes.js';

export interface AdminKey {
  readonly secret: string;
  /** Where it is kept, readable by this user only. */
  readonly file: string;
  /** It was made now: show it to whoever started Kontor. */
  readonly created: boolean;
}

/** Makes sure that there is a key that may do everything, in `$KONTOR_DATA/admin-key`. */
export const ensureAdminKey = async (keys: ApiKeys, dataDir: string): Promise<AdminKey> => {
  const file = join(dataDir, 'admin-key');
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (await keys.authenticate(kept)) return { secret: kept, file, created: false };
  const { secret } = await keys.create({ channel: '*', name: 'Administrator (first start)', scopes: SCOPES });
  await writeFile(`${file}.new`, `${secret}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return { secret, file, created: true };
};
