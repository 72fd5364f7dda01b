import { MIGRATED_TABLES, type SqlPrivilege } from '#database';
import { columnName, type Projection, PROJECTOR_TABLES } from '#projections';
import { biViews, readModels } from './read-models.js';

/** Privileges on an object of the database. The owner, who has all, is left out. */
export interface ObjectPrivileges {
  /** With its schema: `read.order_status`, which also stands for the tables of its builds. */
  readonly name: string;
  /** The role `kontor_app` of the API. */
  readonly app: readonly SqlPrivilege[];
  /** The role `kontor_bi` of analysts. */
  readonly bi: readonly SqlPrivilege[];
  /** The rows that the API's role sees in a transaction for a channel and a subject. */
  readonly rows: string;
}

const ALL_ROWS = 'all';
const select = ['SELECT'] as const;
const usage = ['USAGE'] as const;
const execute = ['EXECUTE'] as const;
const none = [] as const;

const withoutPrivileges = (name: string): ObjectPrivileges => ({ name, app: none, bi: none, rows: '' });

const rowsOf = ({ channelColumn, subjectColumn, visibleWith, allRowsReason }: Projection): string => {
  const own = [channelColumn, subjectColumn].flatMap((column) => (column === undefined ? [] : [columnName(column)]));
  if (own.length > 0) return `own \`${own.join('` or `')}\``;
  if (visibleWith) return `those of \`read.${visibleWith.readModel}\``;
  return allRowsReason === undefined ? ALL_ROWS : `${ALL_ROWS}: ${allRowsReason}`;
};

const shared = new Set(readModels.projections.flatMap(({ visibleWith }) => visibleWith?.readModel ?? []));

/** Every schema, table, view, function and sequence of the database. */
export const sqlPrivileges: readonly ObjectPrivileges[] = [
  ...['access', 'keys', 'read', 'system'].map((name) => ({ name, app: usage, bi: none, rows: '' })),
  { name: 'bi', app: none, bi: usage, rows: '' },
  ...['channels', 'public'].map(withoutPrivileges),
  ...Object.entries({ ...MIGRATED_TABLES, ...PROJECTOR_TABLES }).map(([name, { app, allRowsReason }]) => ({
    name,
    app,
    bi: none,
    rows: allRowsReason === undefined ? (app.length > 0 ? ALL_ROWS : '') : `${ALL_ROWS}: ${allRowsReason}`,
  })),
  ...readModels.projections.map((projection) => ({
    name: `read.${projection.name}`,
    app: select,
    bi: none,
    rows: rowsOf(projection),
  })),
  ...[...shared].map((name) => ({ name: `read.sees_${name}()`, app: execute, bi: none, rows: '' })),
  ...biViews.map(({ name }) => ({ name: `bi.${name}`, app: none, bi: select, rows: '' })),
  ...['system.fence()', 'system.projection_build_seq', 'channels.delivery_id_seq'].map(withoutPrivileges),
];
