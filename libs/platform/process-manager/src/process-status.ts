import { type Position } from '#event-store';
import { type DataSource } from 'typeorm';
import { type ParkedInstance } from './process-store.js';

/** With the time since when it waits, or was last tried in vain. */
export interface ParkedSince extends ParkedInstance {
  readonly at: Date;
}

export interface ProcessStatus {
  /** Of each runner of processes. */
  readonly runners: readonly { readonly name: string; readonly position: Position }[];
  readonly parked: readonly ParkedSince[];
}

/** How far the processes are, and which of their instances wait for somebody to look. */
export const processStatus = async (db: DataSource): Promise<ProcessStatus> => ({
  runners: await db.query('SELECT name, position::float8 FROM system.process ORDER BY name'),
  parked: await db.query(
    'SELECT process, instance, position::float8, stream, revision::float8, error, at FROM system.process_parked ORDER BY at',
  ),
});

export const countParkedInstances = async (db: DataSource): Promise<number> => {
  const [row] = await db.query<{ count: number }[]>('SELECT count(*)::int FROM system.process_parked');
  return row?.count ?? 0;
};

/** Has the running workers try all parked instances and streams again: at once, or within 15 s while it is idle. */
export const retryParkedProcesses = async (db: DataSource): Promise<void> => {
  await db.query('UPDATE system.process SET epoch = epoch + 1');
};
