import { randomUUID } from 'node:crypto';
import { type Answer } from '../support/client.js';
import { retryUntilAnswered } from '../support/retry-until-answered.js';
import { type Kontor } from '../support/kontor.js';
import { readLog } from '../support/read-log.js';
import { type Part } from '../support/processes.js';
import { aLine, anOrder, stocked } from '../support/shop.js';

export interface Sale {
  readonly units: number;
  readonly buyers: number;
  /** Killed once a fifth of the buyers have their answer. */
  readonly victim: Part;
}

export interface SaleResult extends Sale {
  readonly right: boolean;
  readonly sold: number;
  /** Orders that were rejected as sold out. */
  readonly refused: number;
  /** Buyers with any other answer. */
  readonly otherwise: number;
  /** Units that stay reserved beyond those sold, once all events are handled. */
  readonly leftReserved: number;
  /** Requests that were repeated because they had no definite answer. */
  readonly retries: number;
  /** New events in the log. */
  readonly events: number;
  readonly seconds: number;
}

const CHANNELS = ['web', 'app', 'till'];

/** Buyers on all channels order the same SKU at once, and a process is killed meanwhile. */
export const sell = async (kontor: Kontor, sale: Sale): Promise<SaleResult> => {
  const { staff } = kontor;
  const { units, buyers, victim } = sale;
  const sku = await stocked(staff, units);
  await kontor.settled();
  const before = await countEvents(kontor);
  const started = performance.now();
  let [retries, answered, killed] = [0, 0, false];
  const onRetry = () => retries++;
  const buy = async (channel: string): Promise<Answer> => {
    const answer = await retryUntilAnswered(staff, 'PlaceOrder', anOrder([aLine(sku)]), {
      key: randomUUID(),
      channel,
      wait: 10,
      onRetry,
    });
    if (++answered === Math.ceil(buyers / 5)) killed = kontor.kill(victim);
    return answer;
  };
  const answers = await Promise.all(Array.from({ length: buyers }, (_, buyer) => buy(CHANNELS[buyer % 3] ?? 'web')));
  const seconds = (performance.now() - started) / 1000;
  await kontor.settled();

  const sold = answers.filter(isSold).length;
  const refused = answers.filter(isRefused).length;
  const { softReserved, hardReserved } = (await staff.read(`/v1/stock/${sku}/warehouse`)) as Record<string, number>;
  const leftReserved = (softReserved ?? NaN) + (hardReserved ?? NaN) - sold;
  const right = killed && sold === units && refused === buyers - units && leftReserved === 0;
  const events = (await countEvents(kontor)) - before;
  return { ...sale, right, sold, refused, otherwise: buyers - sold - refused, leftReserved, retries, events, seconds };
};

const isSold = ({ body }: Answer) => (body as { state?: string }).state === 'confirmed';

const isRefused = ({ body }: Answer) => {
  const { state, reasons } = body as { state?: string; reasons?: { code: string }[] };
  return state === 'rejected' && reasons?.[0]?.code === 'sold-out';
};

const countEvents = async ({ runFile }: Kontor) => (await readLog(runFile.eventStoreUrl)).length;
