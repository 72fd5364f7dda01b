import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiKeys } from './api-keys.js';
import { SCOPES } from './scopes.js';

export interface AdminKey {
  readonly secret: string;
  /** Path of the file that stores it, readable by this user only. */
  readonly file: string;
  /** Whether it was created now and should be shown to the operator. */
  readonly created: boolean;
}

/** Creates a key with all scopes in `<dataDir>/admin-key`, unless the key there is still valid and has all of them. */
export const ensureAdminKey = async (keys: ApiKeys, dataDir: string): Promise<AdminKey> => {
  const file = join(dataDir, 'admin-key');
  const stored = (await readFile(file, 'utf8').catch(() => '')).trim();
  const { scopes } = (await keys.authenticate(stored)) ?? {};
  if (scopes && SCOPES.every((scope) => scopes.has(scope))) return { secret: stored, file, created: false };
  const { secret } = await keys.create({ channel: '*', name: 'Administrator (first start)', scopes: SCOPES });
  await writeFile(`${file}.new`, `${secret}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return { secret, file, created: true };
};
