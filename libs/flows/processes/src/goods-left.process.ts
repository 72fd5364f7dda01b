/**
 * Goods that leave are booked out of the stock that held them, and told to the order once they are with the buyer or the
 * carrier. What stock does not hold any more has left all the same.
 */
import { type FulfillmentEvent, type FulfillmentLine } from '#fulfillment';
import { type Intent, type Process, type Reaction } from '#kernel';
import { type OrderEvent } from '#orders';
import { type StockEvent } from '#stock';
import { type CommandRefused } from './command-refused.js';
import { perReservation, sum } from './fulfilling-moves.js';

type AnyEvent = FulfillmentEvent | OrderEvent | StockEvent | CommandRefused;
type Left = Extract<FulfillmentEvent, { type: 'ParcelShipped' | 'HandedOver' }>;

interface Issue {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
}

/** Asked of stock, not answered yet. */
interface Leaving {
  readonly fulfillmentId: string;
  readonly open: readonly Issue[];
}

const ends: Reaction<Leaving> = { state: undefined, intents: [] };
const idOf = (stream: string) => stream.slice(stream.indexOf('-') + 1);

const left = (fulfillmentId: string, { type, data }: Left): Reaction<Leaving> => {
  const gone = type === 'HandedOver' && data.shippedHere ? [] : issuesOf(data);
  const arrives = type === 'HandedOver' || data.pickupAt === undefined;
  return {
    state: gone.length > 0 ? { fulfillmentId, open: gone } : undefined,
    intents: [
      ...gone.map((issue) => ({ type: 'ConsumeReservation', data: { ...issue, ref: fulfillmentId } })),
      ...(arrives ? [fulfilled(fulfillmentId, data.orderId, data.lines)] : []),
    ],
  };
};

const issuesOf = ({ lines, locationId }: Left['data']): Issue[] =>
  perReservation(lines).map(([reservationId, units]) => ({
    ...{ reservationId, sku: units[0]?.sku ?? '', locationId, quantity: sum(units) },
  }));

const fulfilled = (fulfillmentId: string, orderId: string, lines: readonly FulfillmentLine[]): Intent => ({
  type: 'RecordFulfillment',
  data: {
    ...{ orderId, fulfillmentId },
    reservations: perReservation(lines).map(([reservationId, units]) => ({
      reservationId,
      lines: units.map(({ lineId, quantity }) => ({ lineId, quantity })),
    })),
  },
});

/** @throws Error when a fact is refused: the instance waits for a person */
const refused = (state: Leaving, { command, code, reservationId }: CommandRefused['data']): Reaction<Leaving> => {
  if (command !== 'ConsumeReservation') throw new Error(`${command} was refused: ${code}`);
  const issue = state.open.find((one) => one.reservationId === reservationId);
  if (!issue) return { state, intents: [] };
  const { sku, locationId, quantity } = issue;
  return {
    state: without(state, issue.reservationId),
    intents: [
      {
        type: 'RecordStockIssue',
        data: { sku, locationId, quantity, cause: 'fulfillment', ref: state.fulfillmentId },
      },
    ],
  };
};

const without = (state: Leaving, reservationId: string): Leaving | undefined => {
  const open = state.open.filter((one) => one.reservationId !== reservationId);
  return open.length > 0 ? { ...state, open } : undefined;
};

const isConsumed = (event: AnyEvent) =>
  event.type === 'ReservationConsumed' || event.type === 'ReservationPartlyConsumed' ? event.data : undefined;

export const whenGoodsLeftThenBook: Process<Leaving, AnyEvent> = {
  name: 'book-goods-left',
  categories: ['fulfillment', 'stock'],
  instanceOf: ({ stream, event }) => (stream.startsWith('fulfillment-') ? idOf(stream) : isConsumed(event)?.ref),
  react: (state, { event, stream }) => {
    if (event.type === 'ParcelShipped' || event.type === 'HandedOver') return left(idOf(stream), event);
    if (!state) {
      if (event.type === 'CommandRefused') throw new Error(`${event.data.command} was refused: ${event.data.code}`);
      return ends;
    }
    if (event.type === 'CommandRefused') return refused(state, event.data);
    const consumed = isConsumed(event);
    return { state: consumed ? without(state, consumed.reservationId) : state, intents: [] };
  },
};
