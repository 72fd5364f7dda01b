/**
 * From a confirmed order to goods at their buyer: gives every reserved unit to the location that holds it, seeks another
 * when one will not, and answers cancellations. The locations do the work; however this is interrupted, every unit ends
 * shipped, handed over or cancelled.
 */
import { type FulfillmentEvent } from '#fulfillment';
import { type Happened, type Process, type Reaction } from '#kernel';
import { type OrderEvent } from '#orders';
import { type StockEvent } from '#stock';
import { type CommandRefused } from './command-refused.js';
import { settlement } from './fulfilling-cancels.js';
import { idOf, onOrder, onWork, placed, start, type AnyEvent } from './fulfilling-events.js';
import { onStock } from './fulfilling-stock.js';
import { assign, isDone, stays, type Fulfilling, type Step } from './fulfilling.js';

const DAY_SECONDS = 24 * 60 * 60;

const on = (state: Fulfilling, { event, stream }: Happened<AnyEvent>): Step => {
  if (event.type === 'CommandRefused' || stream.startsWith('stock-')) {
    return onStock(state, event as StockEvent | CommandRefused) ?? stays(state);
  }
  if (stream.startsWith('order-')) return onOrder(state, event as OrderEvent) ?? stays(state);
  return onWork(state, idOf(stream), event as FulfillmentEvent) ?? stays(state);
};

/** When a job has ended, the next begins. */
const thenNext = (jobs: number, step: Step): Step => {
  const [next] = step.state.jobs;
  if (!next || step.state.jobs.length >= jobs) return step;
  const { state, intents } = start(step.state, next);
  return thenNext(step.state.jobs.length, { state, intents: [...step.intents, ...intents] });
};

const thenAssign = ({ state, intents }: Step, acceptBy: string): Reaction<Fulfilling> => {
  const next = assign(state, acceptBy);
  return { state: isDone(next.state) ? undefined : next.state, intents: [...intents, ...next.intents] };
};

/** An order of which nothing is left to be done: what was to be cancelled has left, and nothing can go along with it. */
const afterwards = ({ event, stream }: Happened<AnyEvent>): Reaction<Fulfilling> => {
  const orderId = idOf(stream);
  if (event.type === 'OrderLinesCancellationRequested') {
    return { state: undefined, intents: [settlement(orderId, { ...event.data, cancelled: [] })] };
  }
  if (event.type !== 'OrderEditApplied' || event.data.add.length === 0) return { state: undefined, intents: [] };
  const { editId, add } = event.data;
  const cancelled = add.map(({ lineId, quantity }) => ({ lineId, quantity }));
  const late = settlement(orderId, { cancellationId: editId, reason: 'not-available', cancelled, open: true });
  return { state: undefined, intents: [late] };
};

/** @param acceptWithinSeconds how long a location may take to accept */
export const fulfillmentProcess = (acceptWithinSeconds = DAY_SECONDS): Process<Fulfilling, AnyEvent> => ({
  name: 'fulfillment',
  categories: ['order', 'fulfillment', 'stock'],
  instanceOf: ({ stream, event: { data } }) => {
    if (stream.startsWith('order-')) return idOf(stream);
    if ('orderId' in data) return data.orderId;
    return 'owner' in data && data.owner.type === 'order' ? data.owner.id : undefined;
  },
  react: (state, happened) => {
    const { event, occurredAt } = happened;
    if (event.type === 'OrderPlaced') {
      return { state: placed(happened as Parameters<typeof placed>[0]), intents: [] };
    }
    if (event.type === 'OrderRejected') return { state: undefined, intents: [] };
    if (!state) return afterwards(happened);
    const acceptBy = new Date(Date.parse(occurredAt) + acceptWithinSeconds * 1000).toISOString();
    return thenAssign(thenNext(state.jobs.length, on(state, happened)), acceptBy);
  },
});
