import { type TablePrivileges } from '#database';
import { type Layout } from './layout.js';
import { isAppendOnly } from './projection.js';

/** Which of Kontor's roles exist in the database. It can be used without them. */
export interface Roles {
  readonly app: boolean;
  readonly bi: boolean;
}

const columnsSql = ({ columns, key }: Layout) => [
  ...columns.map(({ name, type, nullable }) => `${name} ${type}${nullable ? '' : ' NOT NULL'}`),
  `PRIMARY KEY (${key.map(({ name }) => name).join(', ')})`,
];

const setting = (name: string) => `(SELECT nullif(current_setting('app.${name}', true), ''))`;

/** Readers see rows of their channel or their subject, all rows with channel `*`, and none if neither is set. */
const visibilityCondition = ({ projection, columns }: Layout) => {
  const { channelColumn, subjectColumn, visibleWith } = projection;
  const conditions = [
    ...columnsNamed(columns, channelColumn).map(
      ({ name, array }) => `${setting('channel')} = ${array ? `ANY (${name})` : name}`,
    ),
    ...columnsNamed(columns, subjectColumn).map(({ name }) => `${setting('subject')} = ${name}`),
    ...columnsNamed(columns, visibleWith?.column).map(({ name }) => `read.sees_${visibleWith?.readModel}(${name})`),
  ];
  return conditions.length === 0 ? 'true' : [`${setting('channel')} = '*'`, ...conditions].join(' OR ');
};

const columnsNamed = (columns: Layout['columns'], name?: string) => columns.filter(({ property }) => property === name);

/** plpgsql resolves the view when called, so that the view can be replaced. Its own row-level security decides. */
const sharedVisibilitySql = ({ projection: { visibleWith }, columns }: Layout): readonly string[] =>
  columnsNamed(columns, visibleWith?.column).map(({ name, type }) => {
    const view = visibleWith?.readModel;
    return `CREATE OR REPLACE FUNCTION read.sees_${view}(wanted ${type}) RETURNS boolean LANGUAGE plpgsql STABLE AS
      $$ BEGIN RETURN EXISTS (SELECT FROM read.${view} WHERE ${name} = wanted); END $$`;
  });

/** Free space in each page for new row versions, so that updates need not touch the indices. */
const storage = ({ projection }: Layout) => (isAppendOnly(projection) ? '' : ' WITH (fillfactor = 85)');

export const createTableSql = (layout: Layout, table: string, roles: Roles): readonly string[] => [
  `CREATE TABLE ${table} (${columnsSql(layout).join(', ')})${storage(layout)}`,
  `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`,
  `CREATE POLICY owner ON ${table} TO CURRENT_USER USING (true) WITH CHECK (true)`,
  ...sharedVisibilitySql(layout),
  ...(roles.app
    ? [
        `CREATE POLICY readers ON ${table} FOR SELECT TO kontor_app USING (${visibilityCondition(layout)})`,
        `GRANT SELECT ON ${table} TO kontor_app`,
      ]
    : []),
  // Analysts read through the views of schema bi only: they have no USAGE on schema read.
  ...(roles.bi
    ? [
        `CREATE POLICY analysts ON ${table} FOR SELECT TO kontor_bi USING (true)`,
        `GRANT SELECT ON ${table} TO kontor_bi`,
      ]
    : []),
];

export const createIndicesSql = ({ projection, columns }: Layout, table: string): readonly string[] => {
  const indices = projection.table.options.indices ?? [];
  return indices.map(({ columns: indexed, where }) => {
    const names = (indexed as string[]).map((property) => columns.find((column) => column.property === property)?.name);
    return `CREATE INDEX ON ${table} (${names.join(', ')})${where === undefined ? '' : ` WHERE ${where}`}`;
  });
};

/** The tables of {@link INSTALL}, with the privileges of the API's role. */
export const PROJECTOR_TABLES: Readonly<Record<string, TablePrivileges>> = {
  'system.projection_checkpoint': { app: ['SELECT'] },
  'system.projection': { app: ['SELECT'] },
  'system.parked': { app: ['SELECT'] },
};

/** The schemas and tables of the projector. Idempotent. */
export const INSTALL = `
  SELECT pg_advisory_xact_lock(7270002);
  CREATE SCHEMA IF NOT EXISTS system;
  CREATE SCHEMA IF NOT EXISTS read;
  CREATE TABLE IF NOT EXISTS system.projection_checkpoint (
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    position   bigint NOT NULL DEFAULT 0,
    last_event bigint NOT NULL DEFAULT 0,
    categories text[] NOT NULL DEFAULT '{}',
    epoch      bigint NOT NULL DEFAULT 0,
    holder     uuid,
    views      text,
    touched_at timestamptz NOT NULL DEFAULT now()
  ) WITH (fillfactor = 50);
  ALTER TABLE system.projection_checkpoint ADD COLUMN IF NOT EXISTS last_event_mark jsonb;
  COMMENT ON TABLE system.projection_checkpoint IS
    'Every live read model has folded the log up to position; last_event is the last event at or below it';
  COMMENT ON COLUMN system.projection_checkpoint.last_event_mark IS 'Stream, revision and id of the last event';
  INSERT INTO system.projection_checkpoint DEFAULT VALUES ON CONFLICT DO NOTHING;
  CREATE TABLE IF NOT EXISTS system.projection (
    build      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    version    integer NOT NULL,
    status     text NOT NULL CHECK (status IN ('building', 'live', 'retired')),
    position   bigint,
    rows       bigint,
    digest     text,
    started_at timestamptz NOT NULL DEFAULT now(),
    swapped_at timestamptz
  );
  COMMENT ON TABLE system.projection IS
    'Builds of read models: table read.<name>__<build>. position, rows and digest are of the moment of a swap';
  CREATE UNIQUE INDEX IF NOT EXISTS projection_live ON system.projection (name) WHERE status = 'live';
  CREATE TABLE IF NOT EXISTS system.parked (
    build    integer NOT NULL REFERENCES system.projection ON DELETE CASCADE,
    stream   text NOT NULL,
    revision integer NOT NULL,
    position bigint NOT NULL,
    event    text NOT NULL,
    error    text NOT NULL,
    at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (build, stream)
  );
  COMMENT ON TABLE system.parked IS 'Streams that a read model has stopped folding, and the event that it could not fold';
  CREATE OR REPLACE FUNCTION system.fence(held boolean) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
      IF held THEN RETURN true; END IF;
      RAISE EXCEPTION 'The checkpoint is held by someone else' USING ERRCODE = 'KF001';
    END $$;
  REVOKE EXECUTE ON FUNCTION system.fence FROM PUBLIC;
`;

/** Run only if the role kontor_app exists. */
export const GRANTS = `
  GRANT USAGE ON SCHEMA read, system TO kontor_app;
  GRANT SELECT ON system.projection_checkpoint, system.projection, system.parked TO kontor_app;
`;
