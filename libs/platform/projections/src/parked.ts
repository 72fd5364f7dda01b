import { type DataSource } from 'typeorm';
import { type EventStore, type Position, readStream, type Recorded, StreamNotReadable } from '#event-store';
import { type Registry } from './registry.js';
import { transact, type Session } from './session.js';
import { type Table, Tables, writeChanges } from './tables.js';

export interface ParkedStream {
  readonly name: string;
  readonly stream: string;
  /** Revision of the first event that is not folded. */
  readonly revision: number;
  readonly position: Position;
  readonly event: string;
  readonly error: string;
  readonly at: Date;
}

/** Parked streams of live read models, those parked first come first. */
export const parkedStreams = (registry: Registry): Promise<readonly ParkedStream[]> =>
  registry.withSession((session) =>
    session.query<ParkedStream>(
      `SELECT b.name, p.stream, p.revision, p.position::float8, p.event, p.error, p.at
       FROM system.parked p JOIN system.projection b USING (build) WHERE b.status = 'live' ORDER BY p.at, p.stream`,
    ),
  );

/** Counts the parked streams of all builds of read models, including those that are not live. */
export const countParkedStreams = async (db: DataSource): Promise<number> => {
  const [row] = await db.query<{ count: number }[]>('SELECT count(*)::int FROM system.parked');
  return row?.count ?? 0;
};

/**
 * Folds a parked stream up to the position of the read model, once the cause is removed. If other streams have changed the
 * same rows meanwhile, events are folded in another order than in the log: rebuild the read model if that matters.
 *
 * @returns false if the stream is parked again, at the event that fails now
 * @throws RangeError when the stream is not parked
 */
export const retryParked = (registry: Registry, store: EventStore, name: string, stream: string): Promise<boolean> =>
  registry
    .withSession((session) => resumeStream(registry, store, session, { name, stream }), true)
    .catch((error: unknown) => {
      if (error instanceof StreamNotReadable) return false; // the transaction was rolled back
      throw error;
    });

interface StreamOfReadModel {
  readonly name: string;
  readonly stream: string;
}

/** @throws StreamNotReadable */
const resumeStream = (registry: Registry, store: EventStore, session: Session, { name, stream }: StreamOfReadModel) =>
  transact(session, async () => {
    const { position } = await registry.checkpoint(session, true);
    const live = await registry.live(session, name);
    const revision = await unpark(session, live.build, stream);
    const group = registry.rebuildGroup([name]);
    const builds = (await registry.current(session)).filter((build) => group.includes(build.name));
    const all: Table[] = [];
    for (const build of builds) all.push(await registry.table(session, build, { rows: 10_000, empty: false }));
    const tables = new Tables(all, registry.models.events);
    for await (const events of batchesUpTo(
      readStream(store, stream, registry.models.events(stream), revision),
      position,
    )) {
      await tables.fold(session, events);
      await writeChanges(
        session,
        all.map((table) => [table, table.fold.take()]),
      );
    }
    await session.query('UPDATE system.projection_checkpoint SET epoch = epoch + 1');
    const parkedAgain = await session.query('SELECT 1 FROM system.parked WHERE build = $1 AND stream = $2', [
      live.build,
      stream,
    ]);
    return parkedAgain.length === 0;
  });

/** @returns the revision of the first event that is not folded */
const unpark = async (session: Session, build: number, stream: string) => {
  const sql = 'DELETE FROM system.parked WHERE build = $1 AND stream = $2 RETURNING revision';
  const [parked] = await session.query<{ revision: number }>(sql, [build, stream]);
  if (!parked) throw new RangeError(`${stream} is not parked`);
  return parked.revision;
};

const batchesUpTo = async function* (events: AsyncIterable<Recorded>, last: Position) {
  let batch: Recorded[] = [];
  for await (const recorded of events) {
    if (recorded.position > last) break;
    batch.push(recorded);
    if (batch.length < 500) continue;
    yield batch;
    batch = [];
  }
  yield batch;
};
