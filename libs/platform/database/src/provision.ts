import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, escapeLiteral } from 'pg';

export interface RolePasswords {
  readonly owner: string;
  readonly app: string;
  readonly bi: string;
}

const findUpwards = (path: string, from = dirname(fileURLToPath(import.meta.url))): string => {
  const candidate = join(from, path);
  if (existsSync(candidate)) return candidate;
  if (dirname(from) === from) throw new Error(`${path} is missing: the installation is incomplete`);
  return findUpwards(path, dirname(from));
};

/** The statements of `deploy/postgres/roles.sql` with their variables replaced. */
const rolesSql = ({ owner, app, bi }: RolePasswords) => {
  const values: Readonly<Record<string, string>> = { owner_password: owner, app_password: app, bi_password: bi };
  return readFileSync(findUpwards('deploy/postgres/roles.sql'), 'utf8').replaceAll(/:'(\w+)'/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`roles.sql uses the unknown variable ${name}`);
    return escapeLiteral(value);
  });
};

const withClient = async <Result>(url: URL, work: (client: Client) => Promise<Result>): Promise<Result> => {
  const client = new Client({ connectionString: url.href, application_name: 'kontor-provision' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** Creates the database and the roles kontor_owner, kontor_app and kontor_bi, or sets their passwords. Idempotent. */
export const provision = async (superuserUrl: string, passwords: RolePasswords, database = 'kontor'): Promise<void> => {
  await withClient(new URL(superuserUrl), async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  });
  const inside = new URL(superuserUrl);
  inside.pathname = `/${database}`;
  await withClient(inside, (client) => client.query(rolesSql(passwords)));
};
