import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';

const SERVER = join(import.meta.dirname, '../../apps/event-store/src/main.js');
const MS_PER_TICK = 10;

export interface EventStoreFigures {
  inFlight: number;
  appendsPerSecond: number;
  appendP50Ms: number;
  appendP99Ms: number;
  serverCpuMsPerAppend: number;
  clientCpuMsPerAppend: number;
  readsPerSecond: number;
  serverCpuMsPerRead: number;
}

/**
 * Measures the local event store through one official client, with the data on disk: single-event appends to many
 * streams, then reading them all back from `$all`.
 */
export async function benchEventStore({ seconds = 4, inFlight = 64 } = {}): Promise<EventStoreFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'kontor-event-store-'));
  const server = spawn(process.execPath, [SERVER, '--port', '0', '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const client = EventStoreDBClient.connectionString(`esdb://${await readyAddress(server)}?tls=false`);
    await append(client, 1, { inFlight, from: 0 }); // warm up both sides
    const appends = await append(client, seconds, { inFlight, from: 1_000_000, server });
    const reads = await readAll(client, server);
    await client.dispose();
    return { inFlight, ...appends, ...reads };
  } finally {
    if (server.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    await rm(folder, { recursive: true });
  }
}

async function readyAddress(server: ChildProcess): Promise<string> {
  if (!server.stdout) throw new Error('The server has no output.');
  for await (const line of createInterface(server.stdout)) {
    const address = /listening on (\S+)$/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('The server ended before it was ready.');
}

interface Load {
  inFlight: number;
  from: number;
  server?: ChildProcess;
}

/** An order's life: five events, one append each, in a stream of its own. */
async function append(client: EventStoreDBClient, seconds: number, { inFlight, from, server }: Load) {
  const latencies: number[] = [];
  let next = from;
  const start = performance.now();
  const cpuBefore = await cpuMs(server);
  const clientBefore = process.cpuUsage();
  const worker = async (): Promise<void> => {
    while (performance.now() - start < seconds * 1_000) {
      const stream = `order-${next++}`;
      for (let revision = -1; revision < 4; revision++) {
        const sent = performance.now();
        const expectedRevision = revision < 0 ? 'no_stream' : BigInt(revision);
        await client.appendToStream(stream, event(revision), { expectedRevision });
        latencies.push(performance.now() - sent);
      }
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const took = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(clientBefore);
  const sorted = Float64Array.from(latencies).sort();
  const quantile = (q: number): number => sorted[Math.floor(sorted.length * q)] ?? 0;
  return {
    appendsPerSecond: latencies.length / took,
    appendP50Ms: quantile(0.5),
    appendP99Ms: quantile(0.99),
    serverCpuMsPerAppend: ((await cpuMs(server)) - cpuBefore) / latencies.length,
    clientCpuMsPerAppend: (user + system) / 1_000 / latencies.length,
  };
}

const event = (revision: number) =>
  jsonEvent({
    type: 'OrderLineAdded',
    data: { sku: '85123A', quantity: 6, unitPrice: { amount: 255, currency: 'GBP' }, line: revision + 2 },
    metadata: {
      commandId: 'b4e5c2f0-7d0e-5a43-8f6a-2f1d9f1f0a11',
      correlationId: '0e0c9f52-3c8f-4a6e-9f86-0f6f3a1c7f10',
      channel: 'webshop',
      actor: 'customer:8b3f',
      occurredAt: '2026-01-05T10:15:30.000Z',
      schema: '1',
    },
  });

async function readAll(client: EventStoreDBClient, server: ChildProcess) {
  let events = 0;
  const start = performance.now();
  const cpuBefore = await cpuMs(server);
  for await (const resolved of client.readAll()) if (resolved.event) events++;
  const seconds = (performance.now() - start) / 1_000;
  return {
    readsPerSecond: events / seconds,
    serverCpuMsPerRead: ((await cpuMs(server)) - cpuBefore) / events,
  };
}

/** User and system time of a process so far; NaN where there is no /proc. */
async function cpuMs(process: ChildProcess | undefined): Promise<number> {
  try {
    const stat = await readFile(`/proc/${process?.pid ?? 0}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  } catch {
    return NaN;
  }
}

if (import.meta.filename === process.argv[1]) {
  const figures = await benchEventStore();
  if (process.argv.includes('--json')) console.log(JSON.stringify(figures));
  else {
    const rounded = Object.entries(figures).map(([name, value]): [string, string] => [name, Number(value).toFixed(3)]);
    console.table(Object.fromEntries(rounded));
  }
}
