import { type BatchCommand } from '#client';
import { KONTOR_NAMESPACE, retryDelayMs, uuidv5 } from '#kernel';
import { type AdapterContext } from '../adapter.js';
import { type ApiResponse, isRetryableStatus } from '../kontor-api.js';
import { TransientError } from '../transient-error.js';
import { type StockFeedRow } from './stock-feed-rows.js';
import { type ReceivedFeed } from './stock-feed.js';

type SendingContext = Pick<AdapterContext, 'name' | 'api' | 'clock'>;

interface Counts {
  /** By Kontor's SKUs. */
  readonly counts: readonly StockFeedRow[];
  readonly feed: Pick<ReceivedFeed, 'sequence' | 'asOf'>;
}

const CHUNK_SIZE = 500;
const MAX_ATTEMPTS = 6;
const RETRY_DELAYS = { firstMs: 400, maxMs: 30_000 };
const NEVER_ABORTED = new AbortController().signal;

/**
 * Sends what a feed says of a location to Kontor.
 * @returns one answer for each count, in their order
 * @throws TransientError when Kontor does not answer
 */
export const sendCounts = async (
  context: SendingContext,
  locationId: string,
  { counts, feed }: Counts,
): Promise<readonly ApiResponse['body'][]> => {
  const answers: ApiResponse['body'][] = [];
  for (let from = 0; from < counts.length; from += CHUNK_SIZE) {
    const rows = counts.slice(from, from + CHUNK_SIZE);
    const commands = rows.map((row) => commandOf(row, feed, { locationId, adapter: context.name }));
    answers.push(...(await sendUntilAnswered(context, commands)));
  }
  return answers;
};

const commandOf = (
  { sku, quantity, delta }: StockFeedRow,
  { sequence, asOf }: Counts['feed'],
  { locationId, adapter }: { readonly locationId: string; readonly adapter: string },
): BatchCommand => {
  const countId = `${adapter}-${sequence}`;
  const id = uuidv5(KONTOR_NAMESPACE, `${countId}/${sku}`);
  const item = { sku, locationId };
  if (delta === undefined) {
    const data = { ...item, countId, counted: quantity, asOf, sourceSeq: sequence };
    return { command: 'RecordStockCount', id, data };
  }
  const data = { ...item, delta, reason: 'supplier', ref: countId, factId: `${countId}/${sku}` };
  return { command: 'AdjustStock', id, data, occurredAt: asOf };
};

const sendUntilAnswered = async (
  { api, clock }: SendingContext,
  commands: readonly BatchCommand[],
): Promise<readonly ApiResponse['body'][]> => {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const answers = await api.sendBatch(commands).catch(() => []);
    const areDefinite = answers.every(({ status }) => !isRetryableStatus(Number(status)));
    if (answers.length === commands.length && areDefinite) return answers;
    await clock.sleep(retryDelayMs(attempt, RETRY_DELAYS), NEVER_ABORTED);
  }
  throw new TransientError('Kontor does not answer: send the feed again');
};
