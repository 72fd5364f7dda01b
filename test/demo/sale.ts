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

export interface Verdict extends Sale {
  readonly right: boolean;
  readonly sold: number;
  /** Orders that were rejected because it was sold out. */
  readonly refused: number;
  /** Buyers with any other answer. */
  readonly otherwise: number;
  /** Units that are reserved beyond what was sold, after all has come to rest. */
  readonly leftReserved: number;
  /** Requests that were sent again, because they had no definite answer. */
  readonly retries: number;
  /** In the log, of all that happened. */
  readonly events: number;
  readonly seconds: number;
}

const CHANNELS = ['web', 'app', 'till'];

/** All buyers of all channels want the same thing at once, and a process dies in the middle of it. */
export const sell = async (kontor: Kontor, sale: Sale): Promise<Verdict> => {
  const { staff } = kontor;
  const { units, buyers, victim } = sale;
  const sku = await stocked(staff, units);
  await kontor.settled();
  const before = await eventsOf(kontor);
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
  const events = (await eventsOf(kontor)) - before;
  return { ...sale, right, sold, refused, otherwise: buyers - sold - refused, leftReserved, retries, events, seconds };
};

const isSold = ({ body }: Answer) => (body as { state?: string }).state === 'confirmed';

const isRefused = ({ body }: Answer) => {
  const { state, reasons } = body as { state?: string; reasons?: { code: string }[] };
  return state === 'rejected' && reasons?.[0]?.code === 'sold-out';
};

/** How many there are in the log. */
const eventsOf = async ({ runFile }: Kontor) => (await readLog(runFile.eventStoreUrl)).length;
