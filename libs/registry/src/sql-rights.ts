import { MIGRATED_TABLES, type SqlVerb } from '#database';
import { columnName, type Projection, PROJECTOR_RIGHTS } from '#projections';
import { biViews, readModels } from './read-models.js';

/** What the roles of the database may do with one of its objects, beside the owner, who may do everything. */
export interface SqlRight {
  /** With its schema: `read.order_status`, which also stands for the tables of its builds. */
  readonly name: string;
  /** The role `kontor_app` of the API. */
  readonly app: readonly SqlVerb[];
  /** The role `kontor_bi` of analysts. */
  readonly bi: readonly SqlVerb[];
  /** The rows that the API's role sees in a transaction for a channel and a subject. */
  readonly rows: string;
}

const ALL_ROWS = 'all';
const read = ['SELECT'] as const;

const rowsOf = ({ channelColumn, subjectColumn, visibleWith, everyRow }: Projection): string => {
  const own = [channelColumn, subjectColumn].flatMap((column) => (column === undefined ? [] : [columnName(column)]));
  if (own.length > 0) return `own \`${own.join('` or `')}\``;
  if (visibleWith) return `those of \`read.${visibleWith.readModel}\``;
  return everyRow === undefined ? ALL_ROWS : `${ALL_ROWS}: ${everyRow}`;
};

const shared = new Set(readModels.projections.flatMap(({ visibleWith }) => visibleWith?.readModel ?? []));

/** Every schema, table, view, function and sequence of the database. */
export const sqlRights: readonly SqlRight[] = [
  ...['access', 'keys', 'read', 'system'].map((name) => ({ name, app: ['USAGE'] as const, bi: [], rows: '' })),
  { name: 'bi', app: [], bi: ['USAGE'], rows: '' },
  ...['channels', 'public'].map((name) => ({ name, app: [], bi: [], rows: '' })),
  ...Object.entries({ ...MIGRATED_TABLES, ...PROJECTOR_RIGHTS }).map(([name, { app, everyRow }]) => ({
    ...{ name, app, bi: [] },
    rows: everyRow === undefined ? (app.length > 0 ? ALL_ROWS : '') : `${ALL_ROWS}: ${everyRow}`,
  })),
  ...readModels.projections.map((projection) => ({
    ...{ name: `read.${projection.name}`, app: read, bi: [] },
    rows: rowsOf(projection),
  })),
  ...[...shared].map((name) => ({ name: `read.sees_${name}()`, app: ['EXECUTE'] as const, bi: [], rows: '' })),
  ...biViews.map(({ name }) => ({ name: `bi.${name}`, app: [], bi: read, rows: '' })),
  ...['system.fence()', 'system.projection_build_seq', 'channels.delivery_id_seq'].map((name) => ({
    ...{ name, app: [], bi: [], rows: '' },
  })),
];
