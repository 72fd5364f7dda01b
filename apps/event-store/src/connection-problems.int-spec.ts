import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EsdbEventStore, StoreUnavailable } from '#event-store-esdb';
import { selfSigned } from './self-signed.js';

const AT_ONCE_MS = 4_000;

describe('a problem with an event store is reported in one sentence, at once', () => {
  let folder: string;
  let secure: ChildProcess;
  let plain: ChildProcess;
  let securePort: string;
  let plainPort: string;

  const start = async (...args: string[]) => {
    const main = resolve('dist/apps/event-store/src/main.js');
    const child = spawn(process.execPath, [main, '--port', '0', '--memory', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, KONTOR_EVENTSTORE_PASSWORD: 'secret' },
    });
    for await (const line of createInterface(child.stdout)) {
      const port = /listening on \S+:(\d+)$/.exec(line)?.[1];
      if (port !== undefined) return { child, port };
    }
    throw new Error('The event store did not start');
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kontor-connections-'));
    const [mine, other] = [selfSigned(), selfSigned()];
    await writeFile(join(folder, 'cert.pem'), mine.cert);
    await writeFile(join(folder, 'key.pem'), mine.key);
    await writeFile(join(folder, 'other.pem'), other.cert);
    const files = ['--tls-cert', join(folder, 'cert.pem'), '--tls-key', join(folder, 'key.pem'), '--user', 'kontor'];
    ({ child: secure, port: securePort } = await start(...files));
    ({ child: plain, port: plainPort } = await start());
  });
  afterAll(async () => {
    for (const child of [secure, plain]) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true });
  });

  const probe = async (url: string) => {
    const begun = performance.now();
    let store: EsdbEventStore | undefined;
    try {
      store = EsdbEventStore.connect(url);
      return await store.probe();
    } catch (error) {
      expect(error).toBeInstanceOf(StoreUnavailable);
      return (error as Error).message;
    } finally {
      await store?.close();
      expect(performance.now() - begun).toBeLessThan(AT_ONCE_MS);
    }
  };
  const ca = (name: string) => `tlsCAFile=${encodeURIComponent(join(folder, name))}`;

  it('nothing if all is well, with and without TLS', async () => {
    expect(await probe(`esdb://127.0.0.1:${plainPort}?tls=false`)).toMatchObject({ remark: undefined });
    expect(await probe(`esdb://kontor:secret@127.0.0.1:${securePort}?${ca('cert.pem')}`)).toMatchObject({
      remark: undefined,
    });
  });

  it('a wrong password', async () => {
    expect(await probe(`esdb://kontor:wrong@127.0.0.1:${securePort}?${ca('cert.pem')}`)).toBe(
      `The event store at 127.0.0.1:${securePort} refuses the user "kontor": check the user and the password in KONTOR_EVENTSTORE_URL.`,
    );
  });

  it('a certificate of another authority, or none that is trusted', async () => {
    for (const file of [ca('other.pem'), 'tls=true'])
      expect(await probe(`esdb://kontor:secret@127.0.0.1:${securePort}?${file}`)).toMatch(
        /^The certificate of the event store at \S+ is not trusted: name the file of its certificate authority with tlsCAFile/,
      );
  });

  it('TLS on one side only', async () => {
    expect(await probe(`esdb://127.0.0.1:${plainPort}?tls=true`)).toMatch(/does not speak TLS: add tls=false/);
    expect(await probe(`esdb://127.0.0.1:${securePort}?tls=false`)).toMatch(/take tls=false out/);
  });

  it('no server at the address', async () => {
    expect(await probe('esdb://127.0.0.1:1?tls=false')).toBe(
      'No event store listens at 127.0.0.1:1: start it, or check host and port in KONTOR_EVENTSTORE_URL.',
    );
    expect(await probe('esdb://no-such-host.invalid:2113?tls=false')).toBe(
      'The host of the event store, no-such-host.invalid:2113, is not known: check KONTOR_EVENTSTORE_URL.',
    );
    expect(await probe('esdb://127.0.0.1:1,127.0.0.1:2?tls=false')).toMatch(/^No event store listens at 127.0.0.1:1/);
  });

  it('another kind of server', async () => {
    const web = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(web, 'listening');
    expect(await probe(`esdb://127.0.0.1:${(web.address() as AddressInfo).port}?tls=false`)).toMatch(
      /^(The event store at|What answers at) 127\.0\.0\.1:\d+ /,
    );
    web.close();
  });

  it('an invalid connection string, and a missing file', async () => {
    expect(await probe('http://127.0.0.1:2113')).toMatch(
      /^KONTOR_EVENTSTORE_URL is not a connection string like esdb:/,
    );
    expect(await probe('esdb://localhost?tlsCAFile=/no/such/file')).toMatch(/cannot be used: ENOENT/);
  });
});
