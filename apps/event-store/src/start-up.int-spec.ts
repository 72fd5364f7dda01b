import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from '@jest/globals';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { binaryEvent, jsonEvent, START } from '@eventstore/db-client';
import { credentials } from '@grpc/grpc-js';
import { encodeFrame } from './event-frames.js';
import { systemEvent } from './proposed-event.js';
import { collect, outcome, runServer, TestServer, withFolder } from './test-server.fixture.js';

const running: TestServer[] = [];
async function start(...args: Parameters<typeof TestServer.start>): Promise<TestServer> {
  const server = await TestServer.start(...args);
  running.push(server);
  return server;
}
afterEach(() => Promise.all(running.splice(0).map((server) => server.stop())));

const event = () => jsonEvent({ type: 'Happened', data: {} });

/** A log as the version before wrote it: positions 1, 2, 3 …, and an index of ids. */
function writeOlderLog(folder: string, streams: readonly string[]): void {
  const db = new DatabaseSync(join(folder, 'events.db'));
  db.exec(`
    CREATE TABLE events (position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL,
      id_hash INTEGER NOT NULL, frame BLOB NOT NULL) STRICT;
    CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
    CREATE INDEX events_by_id ON events (stream, id_hash);
    CREATE TABLE streams (name TEXT PRIMARY KEY, id INTEGER NOT NULL) STRICT, WITHOUT ROWID;`);
  const ids = new Map<string, number>();
  const revisions = new Map<string, number>();
  streams.forEach((stream, index) => {
    const position = index + 1;
    const revision = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    if (!ids.has(stream)) db.prepare('INSERT INTO streams VALUES (?, ?)').run(stream, position);
    const id = ids.get(stream) ?? position;
    ids.set(stream, id);
    const placement = { streamName: Buffer.from(stream), revision, position, created: `${Date.now()}0000` };
    const frame = encodeFrame(systemEvent('Old', '{}'), placement);
    db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)').run(position, id, revision, 7, frame);
  });
  db.close();
}

test('a log of an older version goes on: its positions stay valid, the new ones are offsets', () =>
  withFolder(async (folder) => {
    writeOlderLog(folder, ['$settings', 's', 't', 's']);
    const client = (await start(['--data', folder])).client();
    const { position } = await client.appendToStream('s', event(), { expectedRevision: 1n });
    expect(position?.commit).toBeGreaterThan(100n);
    const all = await collect(client.readAll());
    expect(all.map(({ commitPosition }) => commitPosition)).toEqual([1n, 2n, 3n, 4n, position?.commit]);
    const fromPosition = { commit: 3n, prepare: 3n };
    const subscription = client.subscribeToAll({ fromPosition });
    const seen: (bigint | undefined)[] = [];
    subscription.on('data', ({ commitPosition }) => seen.push(commitPosition));
    await once(subscription, 'caughtUp');
    expect(seen).toEqual([4n, position?.commit]);
    await subscription.unsubscribe();
  }));

test('after a start, repeats at any revision are forgotten, those at an exact one are not', () =>
  withFolder(async (folder) => {
    const [any, exact] = [event(), event()];
    const first = await start(['--data', folder]);
    await first.client().appendToStream('any', any);
    await first.client().appendToStream('exact', exact, { expectedRevision: 'no_stream' });
    await first.stop();
    const client = (await start(['--data', folder])).client();
    expect((await client.appendToStream('any', any)).nextExpectedRevision).toBe(1n);
    const repeated = await client.appendToStream('exact', exact, { expectedRevision: 'no_stream' });
    expect(repeated.nextExpectedRevision).toBe(0n);
    await expect(collect(client.readStream('exact', { fromRevision: START }))).resolves.toHaveLength(1);
  }));

test('a server that starts slowly says that it is not ready', async () => {
  const port = await freePort();
  const health = async () => (await fetch(`http://127.0.0.1:${port}/health/live`)).status;
  const child = runServer(['--memory', '--port', String(port), '--slow-start', '1500']);
  try {
    await until(async () => (await health()) === 503);
    await expect(versionOf(`127.0.0.1:${port}`)).rejects.toMatchObject({ code: 14, details: 'Server Is Not Ready' });
    await until(async () => (await health()) === 204);
    expect(await versionOf(`127.0.0.1:${port}`)).toBe('23.10.8');
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('a server tells the version that it is like', async () => {
  expect(await versionOf((await start(['--memory', '--like', '24.2'])).address)).toBe('24.2.0');
});

async function versionOf(address: string): Promise<string> {
  const client = new featuresService.ServerFeaturesClient(address, credentials.createInsecure());
  try {
    const answer = await new Promise<InstanceType<typeof features.SupportedMethods>>((resolve, reject) => {
      client.getSupportedMethods(new shared.Empty(), (error, methods) => (error ? reject(error) : resolve(methods)));
    });
    return answer.getEventStoreServerVersion();
  } finally {
    client.close();
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('with an older Node it says which one it needs', async () => {
  const older = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.19.0"})';
  const child = spawn(process.execPath, ['--import', older, resolve('dist/apps/event-store/src/main.js'), '--memory']);
  expect(await outcome(child)).toEqual({
    code: 1,
    stdout: '',
    stderr: 'kontor event-store: it needs Node 24 or newer, and this is Node 20.19.0.\n',
  });
});

describe('a disk that is full', () => {
  test('refuses what does not fit, says so, and keeps what it has', () =>
    withFolder(async (folder) => {
      // No file may become larger than this many blocks of 512 bytes: what is written beyond fails as on a full disk.
      const limited = `trap '' XFSZ; ulimit -f 3000; exec "$0" "$@"`;
      const main = resolve('dist/apps/event-store/src/main.js');
      const child = spawn('bash', ['-c', limited, process.execPath, main, '--port', '0', '--data', folder]);
      const server = await TestServer.of(child);
      running.push(server);
      const client = server.client();
      const large = () => binaryEvent({ type: 'Large', data: new Uint8Array(400_000) });
      const refused: unknown[] = [];
      for (let appended = 0; appended < 20 && refused.length === 0; appended++) {
        await client.appendToStream('s', large()).catch((error: unknown) => refused.push(error));
      }
      const credentials = { username: 'any', password: 'any' }; // makes the client use the classic Append
      await expect(client.appendToStream('s', large(), { credentials })).rejects.toMatchObject({
        code: 8,
        message: expect.stringMatching(/disk .*Nothing of this was stored\.$/) as unknown,
      });
      const stored = await collect(client.readStream('s'));
      expect(stored.length).toBeGreaterThan(0);
      expect(server.errors).toMatch(/^kontor event-store: 1 writes failed: The disk /m);
      expect(server.errors).not.toMatch(/^\s+at /m);
    }));
});
