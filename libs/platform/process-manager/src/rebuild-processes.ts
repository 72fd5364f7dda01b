import { type DataSource } from 'typeorm';
import { asPosition, type Position, START } from '#event-store';
import { type Message } from '#kernel';
import { foldProcesses, type FoldedProcesses, type FoldOptions } from './fold-processes.js';
import { type AnyProcess } from './process.js';
import { EVERY_PROCESS, PgProcessStore, type StoredProcesses, type WaitingInstance } from './process-store.js';

export interface ProcessRebuild {
  readonly events: number;
  /** The worker continues after this position. */
  readonly position: Position;
  readonly instances: number;
  /** Instances that wait for a command that has no answer in the log, or are parked: the worker tries them when it starts. */
  readonly waiting: number;
  /** Live states that were not what the log says; undefined if they were lost. */
  readonly changed: number | undefined;
}

/** A worker has taken over the processes while their states were rebuilt. */
export class WorkerRunning extends Error {
  constructor() {
    super('A worker runs the processes, or another rebuild has begun: stop all workers first. Nothing was changed');
    this.name = 'WorkerRunning';
  }
}

/** Nothing in the log says which commands of such a row were sent, so a rebuild would lose them. */
export class ParkedBeforehand extends Error {
  constructor(stuck: readonly WaitingInstance[]) {
    const names = stuck.map(({ process, instance }) =>
      process === EVERY_PROCESS ? instance : `${process} ${instance}`,
    );
    super(
      `Start Kontor and retry what is parked first (kontor parked retry): ${names.join(', ')}. Nothing was changed`,
    );
    this.name = 'ParkedBeforehand';
  }
}

/** The schema in which the states are rebuilt before they replace the live ones. */
const STAGING_SCHEMA = 'process_rebuild';
const TABLES = ['process', 'process_instance', 'process_parked', 'process_held'];

/**
 * Makes the states of all processes again from the log, in tables of their own, and swaps them for the live ones in one transaction. It sends no command
 * and records nothing. It may be killed at any time and started again.
 *
 * @param runner name of the runner of the processes
 * @throws WorkerRunning, ParkedBeforehand
 */
export const rebuildProcesses = async <Command extends Message>(
  db: DataSource,
  runner: string,
  processes: readonly AnyProcess<Command>[],
  options: Omit<FoldOptions<Command>, 'live'>,
): Promise<ProcessRebuild> => {
  const live = await new PgProcessStore(db, runner).resume(); // a worker that is still running cannot save any more
  const stuck = live.parked.filter(({ process, stream }) => process === EVERY_PROCESS || stream === undefined);
  if (stuck.length > 0) throw new ParkedBeforehand(stuck);
  const copies = TABLES.map((table) => `CREATE TABLE ${STAGING_SCHEMA}.${table} (LIKE system.${table} INCLUDING ALL);`);
  await db.query(
    `DROP SCHEMA IF EXISTS ${STAGING_SCHEMA} CASCADE; CREATE SCHEMA ${STAGING_SCHEMA}; ${copies.join(' ')}`,
  );
  const folded = await foldProcesses(processes, new PgProcessStore(db, runner, STAGING_SCHEMA), {
    ...options,
    live,
    onProgress: async (events) => {
      await assertAlone(db, runner, live);
      await options.onProgress?.(events);
    },
  });
  return swap(db, runner, live, folded);
};

/** @throws WorkerRunning */
const assertAlone = async (db: DataSource, runner: string, { epoch }: StoredProcesses) => {
  const [row] = await db.query<{ epoch: string }[]>('SELECT epoch FROM system.process WHERE name = $1', [runner]);
  if (Number(row?.epoch) !== epoch) throw new WorkerRunning();
};

/** @throws WorkerRunning */
const swap = (
  db: DataSource,
  runner: string,
  live: StoredProcesses,
  { position, lastEvent, events }: FoldedProcesses,
): Promise<ProcessRebuild> =>
  db.transaction(async (tx) => {
    const [stored] = await tx.query<{ position: string }[]>(`SELECT position FROM ${STAGING_SCHEMA}.process`);
    if (asPosition(Number(stored?.position)) !== lastEvent)
      throw new Error('The rebuilt states were not saved: start again');
    const taken = await tx.query<object[]>(
      `WITH moved AS (UPDATE system.process SET position = $2, epoch = epoch + 1 WHERE name = $1 AND epoch = $3 RETURNING 1)
       SELECT FROM moved`,
      [runner, position, live.epoch],
    );
    if (taken.length === 0) throw new WorkerRunning();
    const [counts] = await tx.query<{ instances: number; waiting: number; changed: number }[]>(COUNTS);
    const { instances = 0, waiting = 0, changed } = counts ?? {};
    await tx.query(SWAP);
    return { events, position, instances, waiting, changed: live.position === START ? undefined : changed };
  });

const COUNTS = `
  SELECT (SELECT count(*)::int FROM ${STAGING_SCHEMA}.process_instance) AS instances,
    (SELECT count(*)::int FROM ${STAGING_SCHEMA}.process_parked) AS waiting,
    (SELECT count(*)::int FROM system.process_instance l FULL JOIN ${STAGING_SCHEMA}.process_instance r USING (process, instance)
     WHERE (l.state, l.position) IS DISTINCT FROM (r.state, r.position)) AS changed`;

const SWAP = `
  DELETE FROM system.process_instance;
  DELETE FROM system.process_parked;
  INSERT INTO system.process_instance SELECT * FROM ${STAGING_SCHEMA}.process_instance;
  INSERT INTO system.process_parked SELECT * FROM ${STAGING_SCHEMA}.process_parked;
  INSERT INTO system.process_held SELECT * FROM ${STAGING_SCHEMA}.process_held;
  DROP SCHEMA ${STAGING_SCHEMA} CASCADE`;
