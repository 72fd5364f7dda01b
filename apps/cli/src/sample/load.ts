import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandLine, type KontorClient } from '../client.js';
import { BatchSender } from '../send-batches.js';
import { settle, type Status } from '../settle.js';
import { Progress, say } from '../terminal.js';
import { giftCard, today } from './today.js';
import { channels, history, masterData, places } from './trade.js';
import { inspectedReturn, payment, requestedReturn, work } from './work.js';
import { hasPaymentSimulator } from '../settings.js';

/** What has been loaded into this store, in `sample.json`. */
interface Mark {
  /** When the made-up week ended: milliseconds since 1970. */
  readonly until: number;
  readonly done: boolean;
}

/** Loads the sample through the API into an empty store, or finishes what was begun. */
export const loadSample = async (client: KontorClient, dataDir: string): Promise<void> => {
  const file = join(dataDir, 'sample.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Mark) : undefined;
  if (known?.done || (!known && !(await isEmpty(client)))) return;
  const until = known?.until ?? Date.now();
  writeFileSync(file, JSON.stringify({ until, done: false } satisfies Mark));
  await sendAll(client, until);
  await settle(client);
  writeFileSync(file, JSON.stringify({ until, done: true } satisfies Mark));
};

const sendAll = async (client: KontorClient, until: number) => {
  say('The store is empty: loading a sample of trade (made up; nobody in it exists)');
  const paid = hasPaymentSimulator();
  const stages = [places(), channels(), masterData(), history(until), [giftCard()], today(paid)];
  let total = stages.flat().length;
  const progress = new Progress('Sample', 'commands', total);
  const sender = new BatchSender(client, progress);
  for (const stage of stages) await send(sender, stage);
  // What follows is about what processes have made of it.
  for (const next of paid ? [payment, work, requestedReturn, inspectedReturn] : [work]) {
    await settle(client);
    const lines = [await next(client)].flat();
    progress.update(total, total + lines.length);
    total += lines.length;
    await send(sender, lines);
  }
  progress.end();
};

/** @throws Error when something is refused */
const send = async (sender: BatchSender, lines: readonly CommandLine[]) => {
  const { refused } = await sender.send(lines);
  const [first] = refused;
  if (first) throw new Error(`The sample was refused: ${first.command} ${first.id}: ${first.reason}`);
};

const isEmpty = async (client: KontorClient) => {
  const { items } = await client.get<{ items: unknown[] }>('/v1/locations');
  const { consumers } = await client.get<Status>('/v1/status');
  return items.length === 0 && consumers.length > 0;
};
