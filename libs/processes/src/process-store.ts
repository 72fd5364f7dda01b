import { type Position, asPosition } from '#event-store';
import { type DataSource, type EntityManager } from 'typeorm';

/** One running instance of a process, as kept between runs. */
export interface InstanceRow {
  readonly process: string;
  readonly instance: string;
  /** Undefined once it has ended. */
  readonly state: object | undefined;
  /** Of the event that led to the state. */
  readonly position: Position;
}

/** An instance that failed again and again: its events wait from `position` on. */
export interface ParkedInstance {
  readonly process: string;
  readonly instance: string;
  readonly position: Position;
  readonly error: string;
}

export interface Resumed {
  readonly position: Position;
  readonly epoch: number;
  /** Those that have seen more than `position`; the others are loaded when they are needed. */
  readonly instances: readonly InstanceRow[];
  readonly parked: readonly ParkedInstance[];
}

/** Another runner has taken over: this one must read its state again before it goes on. */
export class TakenOver extends Error {
  override name = 'TakenOver';
}

/** The port to what processes remember: instances, checkpoint and parked instances change together or not at all. */
export abstract class ProcessStore {
  /** Takes over: raises the epoch, so that a runner that was here before can no longer save. */
  abstract resume(): Promise<Resumed>;

  abstract load(process: string, instance: string): Promise<InstanceRow | undefined>;

  /** @throws TakenOver */
  abstract save(
    at: { readonly position: Position; readonly epoch: number },
    changed: readonly InstanceRow[],
    parked: readonly ParkedInstance[],
    unparked: readonly ParkedInstance[],
  ): Promise<void>;
}

export class PgProcessStore extends ProcessStore {
  constructor(
    private readonly db: DataSource,
    private readonly runner: string,
  ) {
    super();
  }

  resume(): Promise<Resumed> {
    return this.db.transaction(async (tx) => {
      const [row] = await tx.query<{ position: string; epoch: string }[]>(
        `INSERT INTO system.process AS p (name, position, epoch) VALUES ($1, 0, 1)
         ON CONFLICT (name) DO UPDATE SET epoch = p.epoch + 1 RETURNING position, epoch`,
        [this.runner],
      );
      const instances = await tx.query<InstanceRow[]>(
        'SELECT process, instance, state, position::float8 FROM system.process_instance WHERE position > $1',
        [row?.position],
      );
      const parked = await tx.query<(Omit<ParkedInstance, 'position'> & { position: string })[]>(
        'SELECT process, instance, position, error FROM system.process_parked',
      );
      return {
        position: asPosition(Number(row?.position)),
        epoch: Number(row?.epoch),
        instances,
        parked: parked.map((one) => ({ ...one, position: asPosition(Number(one.position)) })),
      };
    });
  }

  async load(process: string, instance: string): Promise<InstanceRow | undefined> {
    const [row] = await this.db.query<InstanceRow[]>(
      `SELECT process, instance, state, position::float8 FROM system.process_instance
       WHERE process = $1 AND instance = $2`,
      [process, instance],
    );
    return row;
  }

  async save(
    at: { readonly position: Position; readonly epoch: number },
    changed: readonly InstanceRow[],
    parked: readonly ParkedInstance[],
    unparked: readonly ParkedInstance[],
  ): Promise<void> {
    await this.db.transaction(async (tx) => {
      const rows = await tx.query<object[]>(
        `WITH moved AS (UPDATE system.process SET position = $2 WHERE name = $1 AND epoch = $3 RETURNING 1) SELECT FROM moved`,
        [this.runner, at.position, at.epoch],
      );
      if (rows.length === 0) throw new TakenOver(`Another runner has taken over ${this.runner}`);
      await this.saveInstances(tx, changed);
      for (const { process, instance } of unparked) {
        await tx.query('DELETE FROM system.process_parked WHERE process = $1 AND instance = $2', [process, instance]);
      }
      for (const { process, instance, position, error } of parked) {
        await tx.query(
          `INSERT INTO system.process_parked (process, instance, position, error, at) VALUES ($1, $2, $3, $4, now())
           ON CONFLICT (process, instance) DO UPDATE
           SET position = excluded.position, error = excluded.error, at = now()`,
          [process, instance, position, error],
        );
      }
    });
  }

  private async saveInstances(tx: EntityManager, changed: readonly InstanceRow[]) {
    const kept = changed.filter(({ state }) => state !== undefined);
    const ended = changed.filter(({ state }) => state === undefined);
    const columns = (rows: readonly InstanceRow[]) => [rows.map((row) => row.process), rows.map((row) => row.instance)];
    if (ended.length > 0) {
      await tx.query(
        `DELETE FROM system.process_instance i USING unnest($1::text[], $2::text[]) AS e(process, instance)
         WHERE i.process = e.process AND i.instance = e.instance`,
        columns(ended),
      );
    }
    if (kept.length > 0) {
      await tx.query(
        `INSERT INTO system.process_instance (process, instance, state, position)
         SELECT * FROM unnest($1::text[], $2::text[], $3::jsonb[], $4::bigint[])
         ON CONFLICT (process, instance) DO UPDATE SET state = excluded.state, position = excluded.position`,
        [...columns(kept), kept.map(({ state }) => JSON.stringify(state)), kept.map(({ position }) => position)],
      );
    }
  }
}
