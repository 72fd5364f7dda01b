import { type DataSource, type EntityManager } from 'typeorm';
import { asPosition, toStorableText, type Position } from '#event-store';

/** One instance of a process as it is stored. */
export interface InstanceRow {
  readonly process: string;
  readonly instance: string;
  /** Undefined once it has completed. */
  readonly state: object | undefined;
  /** Of the event that led to the state. */
  readonly position: Position;
}

/** The place of an event in its stream, from which it is read again later. */
export interface HeldEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
}

/** Stands for all processes where a stream is parked: an event in it is not one of the product's. */
export const EVERY_PROCESS = '*';

/** An instance that failed again and again, or, of {@link EVERY_PROCESS}, a stream: its events wait from this one on. */
export interface ParkedInstance {
  readonly process: string;
  readonly instance: string;
  /** Of the event that failed, as are stream and revision; rows of older versions do not have these. */
  readonly position: Position;
  readonly stream?: string;
  readonly revision?: number;
  readonly error: string;
}

/** With the events that came after the one that failed, the oldest first. For a parked stream they are read from it. */
export interface WaitingInstance extends ParkedInstance {
  readonly held: readonly HeldEvent[];
}

/** An event that waits because its instance is parked. */
export type HeldDelivery = HeldEvent & Pick<ParkedInstance, 'process' | 'instance'>;

/** Changes that are saved together. */
export interface ProcessChanges {
  readonly changed: readonly InstanceRow[];
  readonly unparked: readonly Pick<ParkedInstance, 'process' | 'instance'>[];
  readonly parked: readonly ParkedInstance[];
  readonly held: readonly HeldDelivery[];
}

/** What a runner begins with. */
export interface StoredProcesses {
  readonly position: Position;
  readonly epoch: number;
  /** The instances that have handled events after `position`; the others are loaded when they are needed. */
  readonly instances: readonly InstanceRow[];
  readonly parked: readonly WaitingInstance[];
}

/** Another runner has taken over: this one must read its state again before it goes on. */
export class TakenOver extends Error {
  override name = 'TakenOver';
}

/** The port to the stored processes: instances, checkpoint and parked instances change together or not at all. */
export abstract class ProcessStore {
  /** Takes over: raises the epoch, so that a runner that was here before can no longer save. */
  abstract resume(): Promise<StoredProcesses>;

  abstract load(process: string, instance: string): Promise<InstanceRow | undefined>;

  /** @throws TakenOver */
  abstract save(at: { readonly position: Position; readonly epoch: number }, changes: ProcessChanges): Promise<void>;
}

export class PgProcessStore extends ProcessStore {
  /** @param schema of the tables: `system`, or the staging schema of a rebuild */
  constructor(
    private readonly db: DataSource,
    private readonly runner: string,
    private readonly schema: string = 'system',
  ) {
    super();
  }

  resume(): Promise<StoredProcesses> {
    return this.db.transaction(async (tx) => {
      const [row] = await tx.query<{ position: string; epoch: string }[]>(
        `INSERT INTO ${this.schema}.process AS p (name, position, epoch) VALUES ($1, 0, 1)
         ON CONFLICT (name) DO UPDATE SET epoch = p.epoch + 1 RETURNING position, epoch`,
        [this.runner],
      );
      const instances = await tx.query<InstanceRow[]>(
        `SELECT process, instance, state, position::float8 FROM ${this.schema}.process_instance WHERE position > $1`,
        [row?.position],
      );
      return {
        position: asPosition(Number(row?.position)),
        epoch: Number(row?.epoch),
        instances,
        parked: (await tx.query<ParkedRow[]>(parkedSql(this.schema))).map(waiting),
      };
    });
  }

  async load(process: string, instance: string): Promise<InstanceRow | undefined> {
    const [row] = await this.db.query<InstanceRow[]>(
      `SELECT process, instance, state, position::float8 FROM ${this.schema}.process_instance
       WHERE process = $1 AND instance = $2`,
      [process, instance],
    );
    return row;
  }

  async save(at: { readonly position: Position; readonly epoch: number }, changes: ProcessChanges): Promise<void> {
    await this.db.transaction(async (tx) => {
      const rows = await tx.query<object[]>(
        `WITH moved AS (UPDATE ${this.schema}.process SET position = $2 WHERE name = $1 AND epoch = $3 RETURNING 1) SELECT FROM moved`,
        [this.runner, at.position, at.epoch],
      );
      if (rows.length === 0) throw new TakenOver(`Another runner has taken over ${this.runner}`);
      await this.saveInstances(tx, changes.changed);
      for (const { process, instance } of changes.unparked) {
        await tx.query(`DELETE FROM ${this.schema}.process_parked WHERE process = $1 AND instance = $2`, [
          process,
          instance,
        ]);
      }
      for (const one of changes.parked) await park(tx, this.schema, one);
      if (changes.held.length > 0) await hold(tx, this.schema, changes.held);
    });
  }

  private async saveInstances(tx: EntityManager, changed: readonly InstanceRow[]) {
    const kept = changed.filter(({ state }) => state !== undefined);
    const ended = changed.filter(({ state }) => state === undefined);
    const columns = (rows: readonly InstanceRow[]) => [rows.map((row) => row.process), rows.map((row) => row.instance)];
    if (ended.length > 0) {
      await tx.query(
        `DELETE FROM ${this.schema}.process_instance i USING unnest($1::text[], $2::text[]) AS e(process, instance)
         WHERE i.process = e.process AND i.instance = e.instance`,
        columns(ended),
      );
    }
    if (kept.length > 0) {
      await tx.query(
        `INSERT INTO ${this.schema}.process_instance (process, instance, state, position)
         SELECT * FROM unnest($1::text[], $2::text[], $3::jsonb[], $4::bigint[])
         ON CONFLICT (process, instance) DO UPDATE SET state = excluded.state, position = excluded.position`,
        [...columns(kept), kept.map(({ state }) => JSON.stringify(state)), kept.map(({ position }) => position)],
      );
    }
  }
}

type ParkedRow = Omit<WaitingInstance, 'stream' | 'revision'> & { stream: string | null; revision: number | null };

const parkedSql = (schema: string) => `
  SELECT process, instance, position::float8, stream, revision::float8, error,
    (SELECT coalesce(json_agg(json_build_object('stream', h.stream, 'revision', h.revision, 'position', h.position)
                              ORDER BY h.position), '[]')
     FROM ${schema}.process_held h WHERE h.process = p.process AND h.instance = p.instance) AS held
  FROM ${schema}.process_parked p ORDER BY at`;

const waiting = ({ stream, revision, ...row }: ParkedRow): WaitingInstance =>
  stream === null || revision === null ? row : { ...row, stream, revision };

/** What came before the event that fails now is done. */
const park = async (tx: EntityManager, schema: string, one: ParkedInstance) => {
  const { process, instance, position } = one;
  await tx.query(
    `INSERT INTO ${schema}.process_parked (process, instance, position, stream, revision, error, at)
     VALUES ($1, $2, $3, $4, $5, left($6, 4000), now())
     ON CONFLICT (process, instance) DO UPDATE SET position = excluded.position, stream = excluded.stream,
       revision = excluded.revision, error = excluded.error, at = now()`,
    [process, instance, position, one.stream, one.revision, toStorableText(one.error)],
  );
  await tx.query(`DELETE FROM ${schema}.process_held WHERE process = $1 AND instance = $2 AND position <= $3`, [
    process,
    instance,
    position,
  ]);
};

const hold = (tx: EntityManager, schema: string, held: readonly HeldDelivery[]) =>
  tx.query(
    `INSERT INTO ${schema}.process_held (process, instance, stream, revision, position)
     SELECT process, instance, stream, revision, position FROM json_to_recordset($1::json)
       AS h(process text, instance text, stream text, revision bigint, position bigint)
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(held)],
  );
