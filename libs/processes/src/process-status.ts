import { type Position } from '#event-store';
import { type DataSource } from 'typeorm';
import { type ParkedInstance } from './process-store.js';

export interface ProcessStatus {
  /** Of each runner of processes. */
  readonly runners: readonly { readonly name: string; readonly position: Position }[];
  readonly parked: readonly ParkedInstance[];
}

/** How far the processes are, and which of their instances wait for somebody to look. */
export const processStatus = async (db: DataSource): Promise<ProcessStatus> => ({
  runners: await db.query('SELECT name, position::float8 FROM system.process ORDER BY name'),
  parked: await db.query('SELECT process, instance, position::float8, error FROM system.process_parked ORDER BY at'),
});
