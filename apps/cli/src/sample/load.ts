import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BatchCommand } from '#client';
import { type KontorClient } from '../client.js';
import { BatchSender } from '../send-batches.js';
import { settle, type Status } from '../settle.js';
import { Progress, say } from '../terminal.js';
import { giftCard, todaysPurchases } from './today.js';
import { channels, history, locations, masterData } from './trade.js';
import { inspectedReturn, payment, requestedReturn, work } from './work.js';
import { hasPaymentSimulator } from '../settings.js';

/** The content of `sample.json`: what has been loaded into this store. */
interface LoadedSample {
  /** The end of the invented week, in milliseconds since 1970. */
  readonly until: number;
  readonly done: boolean;
}

/** Loads the sample through the API into an empty store, or finishes an interrupted load. */
export const loadSample = async (client: KontorClient, dataDir: string): Promise<void> => {
  const file = join(dataDir, 'sample.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LoadedSample) : undefined;
  if (known?.done || (!known && !(await isEmpty(client)))) return;
  const until = known?.until ?? Date.now();
  writeFileSync(file, JSON.stringify({ until, done: false } satisfies LoadedSample));
  await sendAll(client, until);
  await settle(client);
  writeFileSync(file, JSON.stringify({ until, done: true } satisfies LoadedSample));
};

const sendAll = async (client: KontorClient, until: number) => {
  say('The store is empty: loading an invented sample of trade');
  const withPayments = hasPaymentSimulator();
  const stages = [
    locations(),
    channels(),
    masterData(until),
    history(until),
    [giftCard()],
    todaysPurchases(withPayments),
  ];
  let total = stages.flat().length;
  const progress = new Progress('Sample', 'commands', total);
  const sender = new BatchSender(client, progress);
  for (const stage of stages) await send(sender, stage);
  // These commands depend on the results of processes.
  for (const next of withPayments ? [payment, work, requestedReturn, inspectedReturn] : [work]) {
    await settle(client);
    const lines = [await next(client)].flat();
    progress.update(total, total + lines.length);
    total += lines.length;
    await send(sender, lines);
  }
  progress.end();
};

/** @throws Error when something is refused */
const send = async (sender: BatchSender, lines: readonly BatchCommand[]) => {
  const { refused } = await sender.send(lines);
  const [first] = refused;
  if (first) throw new Error(`The sample was refused: ${first.command} ${first.id}: ${first.reason}`);
};

const isEmpty = async (client: KontorClient) => {
  const { items } = await client.get<{ items: unknown[] }>('/v1/locations');
  const { consumers } = await client.get<Status>('/v1/status');
  return items.length === 0 && consumers.length > 0;
};
