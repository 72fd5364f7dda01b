import { afterEach, expect, test } from '@jest/globals';
import { type EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { TestServer, withFolder } from './test-server.fixture.js';

const ROUNDS = 5;
const WORKERS = 64;
const ACKNOWLEDGED_PER_ROUND = 400;
const EVENTS_PER_APPEND = 3;

let server: TestServer | undefined;
afterEach(() => server?.stop());

/** What clients know to be stored: per stream, the ids in order; and the append that was in flight at the end. */
interface Known {
  acknowledged: string[];
  inFlight: string[];
}

test(
  'after kill -9 every acknowledged event is there and nothing half written',
  () =>
    withFolder(async (folder) => {
      const known = new Map<string, Known>();
      for (let round = 0; round < ROUNDS; round++) {
        server = await TestServer.start(['--data', folder]);
        const client = server.client();
        await checkAll(client, known);
        await appendUntilKilled(server, client, { round, known });
        await server.stop();
      }
      server = await TestServer.start(['--data', folder]);
      await checkAll(server.client(), known);
      await server.stop();
    }),
  60_000,
);

async function appendUntilKilled(
  server: TestServer,
  client: EventStoreDBClient,
  { round, known }: { round: number; known: Map<string, Known> },
): Promise<void> {
  let acknowledged = 0;
  const worker = async (index: number): Promise<void> => {
    const stream = `round-${round}-${index}`;
    const own: Known = { acknowledged: [], inFlight: [] };
    known.set(stream, own);
    for (let revision = -1n; ; revision += BigInt(EVENTS_PER_APPEND)) {
      const events = Array.from({ length: EVENTS_PER_APPEND }, () => jsonEvent({ type: 'Happened', data: { stream } }));
      own.inFlight = events.map(({ id }) => id);
      const expectedRevision = revision < 0n ? 'no_stream' : revision;
      await client.appendToStream(stream, events, { expectedRevision });
      own.acknowledged.push(...own.inFlight);
      own.inFlight = [];
      // In the middle of the traffic: the others' appends are in flight.
      if (++acknowledged === ACKNOWLEDGED_PER_ROUND + round * 37) server.process.kill('SIGKILL');
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: WORKERS }, (_, index) => worker(index)));
  expect(ended.every(({ status }) => status === 'rejected')).toBe(true);
  await server.kill('SIGKILL');
}

async function checkAll(client: EventStoreDBClient, known: Map<string, Known>): Promise<void> {
  const found = new Map<string, string[]>();
  let last = 0n;
  for await (const { event } of client.readAll()) {
    if (!event) throw new Error('no event');
    expect(event.position.commit).toBeGreaterThan(last);
    last = event.position.commit;
    const ids = found.get(event.streamId) ?? [];
    found.set(event.streamId, ids);
    expect(event.revision).toBe(BigInt(ids.length));
    ids.push(event.id);
  }
  for (const [stream, { acknowledged, inFlight }] of known) {
    const ids = found.get(stream) ?? [];
    expect(ids.slice(0, acknowledged.length)).toEqual(acknowledged);
    const more = ids.slice(acknowledged.length);
    expect([[], inFlight]).toContainEqual(more); // stored whole, though the append had no answer, or not at all
  }
}
