import { once } from 'node:events';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import {
  type EventStoreDBClient,
  jsonEvent,
  persistentSubscriptionToStreamSettingsFromDefaults,
} from '@eventstore/db-client';
import { credentials } from '@grpc/grpc-js';
import { selfSigned } from './self-signed.js';
import { collect, outcome, runServer, TestServer, withFolder } from './test-server.fixture.js';

let running: TestServer[] = [];
async function start(...args: Parameters<typeof TestServer.start>): Promise<TestServer> {
  const server = await TestServer.start(...args);
  running.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()));
  running = [];
});

const event = () => jsonEvent({ type: 'Happened', data: {} });
const append = (client: EventStoreDBClient) => client.appendToStream('s', event());
const error = (type: string) => expect.objectContaining({ type }) as unknown;

test('a client that discovers the cluster finds this one node', async () => {
  const server = await start();
  const client = server.client(`esdb+discover://localhost:${server.port}?tls=false`);
  expect((await append(client)).nextExpectedRevision).toBe(0n);
});

test('a health check on the same port answers', async () => {
  const server = await start();
  expect((await fetch(`http://${server.address}/health/live`)).status).toBe(204);
  expect((await fetch(`http://${server.address}/elsewhere`)).status).toBe(404);
});

test('what is not offered says so', async () => {
  const client = (await start()).client();
  await expect(
    client.createPersistentSubscriptionToStream('s', 'group', persistentSubscriptionToStreamSettingsFromDefaults()),
  ).rejects.toMatchObject({ code: 12 });
});

describe('with TLS and a user', () => {
  test('only the right credentials are let in', () =>
    withFolder(async (folder) => {
      const { cert, key } = selfSigned();
      const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
      await Promise.all([writeFile(certFile, cert), writeFile(keyFile, key)]);
      const args = ['--memory', '--tls-cert', certFile, '--tls-key', keyFile, '--user', 'kontor'];
      const server = await start(args, { KONTOR_EVENTSTORE_PASSWORD: 'geheim' });
      const client = (user: string): EventStoreDBClient =>
        server.client(`esdb://${user}localhost:${server.port}?tls=true&tlsCAFile=${encodeURIComponent(certFile)}`);

      const ours = client('kontor:geheim@');
      expect((await append(ours)).success).toBe(true);
      await expect(collect(ours.readStream('s'))).resolves.toHaveLength(1);
      await expect(collect(client('kontor:falsch@').readStream('s'))).rejects.toEqual(error('access-denied'));
      await expect(collect(client('').readStream('s'))).rejects.toEqual(error('access-denied'));
      await expect(append(client('other:geheim@'))).rejects.toEqual(error('access-denied'));
    }));

  test('nobody else reads, appends, deletes or tombstones, with a certificate that is made at the first start', () =>
    withFolder(async (folder) => {
      const args = ['--memory', '--tls-folder', folder, '--user', 'kontor'];
      const certificate = join(folder, 'event-store.crt');
      const client = (server: TestServer, user: string) =>
        server.client(`esdb://${user}${server.address}?tls=true&tlsCAFile=${encodeURIComponent(certificate)}`);
      const first = await start(args, { KONTOR_EVENTSTORE_PASSWORD: 'geheim' });
      await append(client(first, 'kontor:geheim@'));
      for (const user of ['', 'nobody:geheim@', 'kontor:falsch@', 'admin:changeit@']) {
        const stranger = client(first, user);
        await expect(append(stranger)).rejects.toEqual(error('access-denied'));
        await expect(collect(stranger.readStream('s'))).rejects.toEqual(error('access-denied'));
        await expect(stranger.deleteStream('s')).rejects.toEqual(error('access-denied'));
        await expect(stranger.tombstoneStream('s')).rejects.toEqual(error('access-denied'));
      }
      await expect(collect(client(first, 'kontor:geheim@').readStream('s'))).resolves.toHaveLength(1);

      const again = await start(args, { KONTOR_EVENTSTORE_PASSWORD: 'geheim' });
      await expect(append(client(again, 'kontor:geheim@'))).resolves.toMatchObject({ success: true });
      for (const file of ['event-store.crt', 'event-store.key']) {
        expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
      }
      await rm(join(folder, 'event-store.key'));
      const renewed = await start(args, { KONTOR_EVENTSTORE_PASSWORD: 'geheim' });
      await expect(append(client(renewed, 'kontor:geheim@'))).resolves.toMatchObject({ success: true });
    }));

  test('a user without TLS or without a password is refused', async () => {
    const withoutTls = await outcome(runServer(['--memory', '--user', 'a'], { KONTOR_EVENTSTORE_PASSWORD: 'b' }));
    expect(withoutTls).toMatchObject({ code: 1, stderr: expect.stringContaining('needs TLS') });
    const withoutPassword = await outcome(runServer(['--memory', '--user', 'a'], { KONTOR_EVENTSTORE_PASSWORD: '' }));
    expect(withoutPassword).toMatchObject({ code: 1, stderr: expect.stringContaining('KONTOR_EVENTSTORE_PASSWORD') });
  });
});

describe('the command line', () => {
  test('explains itself', async () => {
    const { code, stdout } = await outcome(runServer(['--help']));
    expect(code).toBe(0);
    for (const option of [
      '--port',
      '--host',
      '--data',
      '--memory',
      '--max-append-size',
      '--tls-cert',
      '--tls-folder',
      '--user',
      '--like',
      '--late-end',
    ]) {
      expect(stdout).toContain(option);
    }
  });

  test.each([[['--port', 'x']], [['--nonsense']], [['--like', '22.10']], [['--memory', '--tls-cert', 'x.pem']]])(
    'refuses %p',
    async (args) => {
      const { code, stdout, stderr } = await outcome(runServer(args));
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^kontor event-store: /);
    },
  );

  test('sets the largest append', async () => {
    const client = (await start(['--memory', '--max-append-size', '1000'])).client();
    const large = jsonEvent({ type: 'Large', data: { bytes: 'x'.repeat(1_000) } });
    await expect(client.appendToStream('s', large)).rejects.toMatchObject({ maxAppendSize: 1_000 });
    expect((await append(client)).success).toBe(true);
  });
});

test('a second process on the same data refuses to start', () =>
  withFolder(async (folder) => {
    await start(['--data', folder]);
    const second = await outcome(runServer(['--port', '0', '--data', folder]));
    expect(second).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('in use by another') });
  }));

test('a restarted server goes on where it stopped', () =>
  withFolder(async (folder) => {
    const first = await start(['--data', folder]);
    const client = first.client();
    const before = await client.appendToStream('s', [event(), event()]);
    await client.tombstoneStream('gone');
    await client.setStreamMetadata('s', { maxCount: 1 });
    await first.stop();

    const again = (await start(['--data', folder])).client();
    await expect(append(again)).resolves.toMatchObject({ nextExpectedRevision: 2n });
    const [visible, ...rest] = await collect(again.readStream('s'));
    expect([visible?.event?.revision, rest]).toEqual([2n, []]);
    expect(visible?.commitPosition).toBeGreaterThan((before.position?.commit ?? 0n) + 3n);
    await expect(again.appendToStream('gone', event())).rejects.toEqual(error('stream-deleted'));
  }));

test('nonsense on the port does not end the server', async () => {
  const server = await start();
  const client = server.client();
  await append(client);
  for (const body of ['PRI nonsense', 'GET\r\n', '\u0016\u0003\u0001']) {
    await fetch(`http://${server.address}/`, { method: 'POST', body }).catch(() => undefined);
  }
  const raw = new streamsService.StreamsClient(server.address, credentials.createInsecure());
  const serialize = (value: Buffer): Buffer => value;
  const broken = raw.makeUnaryRequest(
    '/event_store.client.streams.Streams/Delete',
    serialize,
    (value) => value,
    Buffer.from('ffffff', 'hex'),
    () => undefined,
  );
  const [status] = (await once(broken, 'status')) as [{ code: number }];
  expect(status.code).toBe(2);
  raw.close();
  expect((await append(client)).success).toBe(true);
});
