/** Walks the table of docs/security.md for the roles of the database, with the statements that they may and may not run. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { withScope } from '#database';
import { columnName, type Projection, Registry } from '#projections';
import { startTestDatabase, type TestDatabase } from '#testing';
import { readModels, sqlPrivileges } from './index.js';

interface Relation {
  readonly name: string;
  readonly oid: number;
  /** As PostgreSQL names it, quoted. */
  readonly sql: string;
  readonly kind: 'r' | 'v' | 'S' | 'n' | 'f';
  readonly owner: string;
  /** Roles that were granted something. */
  readonly grantees: readonly string[];
  /** Quoted. */
  readonly columns: readonly string[];
  readonly secured: boolean;
}

let database: TestDatabase;
let owner: Client;
let app: Client;
let bi: Client;
let found: readonly Relation[];

const OURS = `n.nspname !~ '^pg_|^information_schema$'`;
const grantees = (acl: string) =>
  `ARRAY(SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END FROM aclexplode(${acl}))`;

/** Whatever is in the database, apart from PostgreSQL's own. A build of a read model has the name of its view. */
const CATALOG = `
  SELECT regexp_replace(n.nspname || '.' || c.relname, '__[0-9]+$', '') AS name, c.oid, c.oid::regclass::text AS sql,
    CASE c.relkind WHEN 'm' THEN 'v' WHEN 'p' THEN 'r' WHEN 'f' THEN 'r' ELSE c.relkind END AS kind,
    c.relowner::regrole::text AS owner, ${grantees('c.relacl')} AS grantees, c.relrowsecurity AND c.relforcerowsecurity AS secured,
    ARRAY(SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind NOT IN ('i', 'I', 't') AND ${OURS}
  UNION ALL
  SELECT n.nspname || '.' || p.proname || '()', p.oid, p.oid::regprocedure::text, 'f', p.proowner::regrole::text,
    ${grantees('p.proacl')}, false, '{}'
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${OURS}
  UNION ALL
  SELECT n.nspname, n.oid, quote_ident(n.nspname), 'n', n.nspowner::regrole::text, ${grantees('n.nspacl')}, false, '{}'
  FROM pg_namespace n WHERE ${OURS}`;

beforeAll(async () => {
  database = await startTestDatabase();
  await new Registry(database.owner, readModels).install();
  const { ownerUrl, appUrl, biUrl } = database.postgres;
  [owner, app, bi] = [ownerUrl, appUrl, biUrl].map((connectionString) => new Client({ connectionString })) as [
    Client,
    Client,
    Client,
  ];
  for (const client of [owner, app, bi]) await client.connect();
  found = (await owner.query<Relation>(CATALOG)).rows;
});

afterAll(async () => {
  for (const client of [owner, app, bi]) await client.end();
  await database.stop();
});

/** Whether a role may run a statement: PostgreSQL checks the privileges of a statement that it only explains. */
const may = async (role: Client, sql: string): Promise<boolean> => {
  try {
    await role.query(sql);
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    // No privilege, or a view through which nobody can write.
    if (code === '42501' || code === '55000' || code === '0A000') return false;
    throw error;
  }
};

const privilege = async (role: Client, check: string): Promise<boolean> => {
  const { rows } = await role.query<{ has: boolean }>(`SELECT ${check} AS has`);
  return rows[0]?.has === true;
};

const updatable = async (role: Client, { sql, columns }: Relation): Promise<readonly string[]> => {
  const granted: string[] = [];
  for (const column of columns)
    if (await may(role, `EXPLAIN UPDATE ${sql} SET ${column} = DEFAULT`)) granted.push(column);
  if (granted.length === 0) return [];
  return [granted.length === columns.length ? 'UPDATE' : `UPDATE (${granted.toSorted().join(', ')})`];
};

const ofTable = async (role: Client, relation: Relation): Promise<readonly string[]> => {
  const { sql, oid } = relation;
  const verb = async (name: string, statement: string) => ((await may(role, `EXPLAIN ${statement}`)) ? [name] : []);
  const others = await privilege(role, `has_table_privilege(${oid}::oid, 'TRUNCATE, REFERENCES, TRIGGER')`);
  return [
    ...(await verb('SELECT', `SELECT * FROM ${sql}`)),
    ...(await verb('INSERT', `INSERT INTO ${sql} DEFAULT VALUES`)),
    ...(await updatable(role, relation)),
    ...(await verb('DELETE', `DELETE FROM ${sql}`)),
    ...(others ? ['more'] : []),
  ];
};

/** @returns the privileges that a role has */
const privilegesOf = async (role: Client, relation: Relation): Promise<readonly string[]> => {
  const { sql, kind, oid } = relation;
  switch (kind) {
    case 'n':
      return [
        ...((await privilege(role, `has_schema_privilege(${oid}::oid, 'USAGE')`)) ? ['USAGE'] : []),
        ...((await privilege(role, `has_schema_privilege(${oid}::oid, 'CREATE')`)) ? ['CREATE'] : []),
      ];
    case 'S':
      return (await may(role, `SELECT last_value, nextval('${sql}') FROM ${sql}`)) ? ['USAGE'] : [];
    case 'f':
      return (await may(role, `EXPLAIN SELECT ${sql.replace(/\((.*)\)$/, '(NULL::$1)')}`)) ? ['EXECUTE'] : [];
    case 'r':
    case 'v':
      return ofTable(role, relation);
  }
};

it('everything in the database is in the table, and everything in the table is in the database', () => {
  const names = [...new Set(found.map(({ name }) => name))];
  expect(names.toSorted()).toEqual(sqlPrivileges.map(({ name }) => name).toSorted());
});

it.each(sqlPrivileges)('$name can be used as the table says', async ({ name, app: ofApp, bi: ofBi }) => {
  const objects = found.filter((relation) => relation.name === name);
  expect(objects).not.toEqual([]);
  for (const object of objects) {
    expect([object.sql, await privilegesOf(app, object)]).toEqual([object.sql, ofApp]);
    expect([object.sql, await privilegesOf(bi, object)]).toEqual([object.sql, ofBi]);
    if (object.kind === 'r')
      expect(await privilegesOf(owner, object)).toEqual(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'more']);
  }
});

it('nobody else owns anything or was granted anything', () => {
  const roles = new Set(['kontor_owner', 'kontor_app', 'kontor_bi']);
  const strangers = found.flatMap(({ sql, owner, grantees }) =>
    [owner, ...grantees].filter((role) => !roles.has(role)).map((role) => `${role}: ${sql}`),
  );
  // PostgreSQL makes the schema public itself.
  expect(strangers.filter((one) => one !== 'pg_database_owner: public')).toEqual([]);
});

it.each(['kontor_app', 'kontor_bi'])(
  '%s makes no schema and no temporary table, and becomes nobody else',
  async (name) => {
    const role = name === 'kontor_app' ? app : bi;
    expect(await privilege(role, `has_database_privilege(current_database(), 'CREATE, TEMP')`)).toBe(false);
    for (const other of ['kontor_owner', 'kontor_app', 'kontor_bi'].filter((one) => one !== name))
      expect(await may(role, `SET ROLE ${other}`)).toBe(false);
  },
);

describe('rows of channels and customers', () => {
  const NAMES_SOMEBODY = /^(channel|channel_id|customer_id|buyer_id|subject)$/;

  /** Whether the table of privileges says which rows the API's role sees, and why where it is all of them. */
  const isDecided = ({ name, secured }: Relation) => {
    const { app = [], rows = '' } = sqlPrivileges.find((one) => one.name === name) ?? {};
    return !app.includes('SELECT') || rows.startsWith('all: ') || (secured && rows !== 'all');
  };

  it('every table with such rows is under row-level security, or says why the API’s role sees all', () => {
    const named = found.filter(({ kind, columns }) => kind === 'r' && columns.some((one) => NAMES_SOMEBODY.test(one)));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((relation) => !isDecided(relation)).map(({ sql }) => sql)).toEqual([]);
  });

  const BY_TYPE: Readonly<Record<string, unknown>> = { jsonb: '[]', boolean: false, timestamptz: new Date() };

  /** A value of a column that may be anything. */
  const anything = (type: string, row: string): unknown => {
    if (/int|double|numeric/.test(type)) return row === 'a' ? 1 : 2;
    return type in BY_TYPE ? BY_TYPE[type] : row;
  };

  const insert = async ({ name, table, channelColumn, subjectColumn }: Projection, row: string) => {
    const owners = new Map([
      [channelColumn, `channel-${row}`],
      [subjectColumn, `subject-${row}`],
    ]);
    const columns = Object.entries(table.options.columns).flatMap(([property, column]) =>
      column ? [{ property, ...column }] : [],
    );
    const values = columns.map(({ property, type, array, primary }) => {
      const own = primary ? undefined : owners.get(property);
      const value = own ?? anything(String(type), row);
      return array ? [value] : value;
    });
    const names = columns.map(({ property }) => columnName(property)).join(', ');
    const build = found.find((one) => one.name === `read.${name}` && one.kind === 'r');
    const parameters = values.map((_, index) => `$${index + 1}`).join(', ');
    await owner.query(`INSERT INTO ${build?.sql} (${names}) VALUES (${parameters})`, values);
  };

  beforeAll(async () => {
    for (const projection of readModels.projections) for (const row of ['a', 'b']) await insert(projection, row);
  });

  const seen = async (name: string, channel: string, subject?: string) =>
    withScope(database.app, { channel, subject }, async (db) => {
      const rows = await db.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM read.${name}`);
      return rows[0]?.count;
    });

  /** The value of a column in the rows of `a`. */
  const valueIn = ({ table }: Projection, property: string, value: string) =>
    Object.entries(table.options.columns).some(([name, column]) => name === property && column?.primary) ? 'a' : value;

  /** The read model whose columns decide about the rows of this one. */
  const decidingFor = (projection: Projection) =>
    readModels.projections.find(({ name }) => name === projection.visibleWith?.readModel) ?? projection;

  const isOpen = ({ channelColumn, subjectColumn }: Projection) =>
    channelColumn === undefined && subjectColumn === undefined;

  const [open, secured] = [true, false].map((expected) =>
    readModels.projections.filter((projection) => isOpen(decidingFor(projection)) === expected),
  );

  it.each(secured ?? [])('read.$name shows each channel and subject what is theirs', async (projection) => {
    const { name } = projection;
    const decides = decidingFor(projection);
    const { channelColumn, subjectColumn } = decides;
    expect(await seen(name, '*')).toBe(2);
    expect(await seen(name, '')).toBe(0);
    expect(await seen(name, 'channel-c', 'subject-c')).toBe(0);
    if (channelColumn !== undefined) expect(await seen(name, valueIn(decides, channelColumn, 'channel-a'))).toBe(1);
    else expect(await seen(name, 'channel-a')).toBe(0);
    if (subjectColumn !== undefined)
      expect(await seen(name, 'channel-c', valueIn(decides, subjectColumn, 'subject-a'))).toBe(1);
  });

  it.each(open ?? [])('read.$name shows all readers all rows', async ({ name }) => {
    expect(await seen(name, '')).toBe(2);
  });
});
