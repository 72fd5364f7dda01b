/** What the process `fulfillment` remembers of an order, and who works on which of its units. */
import { type FulfillmentLine, type FulfillmentMethod, type RefusalReason } from '#fulfillment';
import { KONTOR_NAMESPACE, uuidv5, type Intent } from '#kernel';
import { type Allocation, type CancelledUnits, type LineQuantity } from '#orders';

/** How a line was ordered. */
interface Wish {
  readonly method: FulfillmentMethod;
  readonly locationId?: string;
}

/** Reserved units that nobody works on yet. */
export interface Waiting {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly lines: readonly LineQuantity[];
  /** How often these units have been assigned, with the time to come. */
  readonly attempt: number;
}

/** A fulfilment order, with the units that have not reached the buyer or the carrier. */
export interface Assigned {
  readonly id: string;
  readonly locationId: string;
  readonly method: FulfillmentMethod;
  readonly pickupAt?: string;
  readonly lines: readonly FulfillmentLine[];
  readonly attempt: number;
}

/** Without a reservation where nothing holds it yet. */
export type MovedLine = Omit<FulfillmentLine, 'reservationId'> & Partial<Pick<FulfillmentLine, 'reservationId'>>;

/** Units that their location will not serve, or that were added to the order: another is sought, or they are cancelled. */
export interface Moving {
  readonly kind: 'move';
  /** Or the edit that added them. */
  readonly fulfillmentId: string;
  readonly locationId: string;
  readonly lines: readonly MovedLine[];
  readonly attempt: number;
  readonly reason: RefusalReason | 'not-collected';
  /** They came from another place and stay where they were not collected. */
  readonly backAt?: string;
  /** Units that the location kept then: never twice as many in one fulfilment order. */
  readonly kept?: number;
  /** Plans made for it. */
  readonly tries: number;
  /** Locations that are out of the question. */
  readonly exclude: readonly string[];
  /** The plan that is waited for, or 0. */
  readonly plan: number;
  /** Reservations asked for, not answered yet. */
  readonly open: readonly Allocation[];
  readonly held: readonly Allocation[];
  /** The order has been told. */
  readonly told?: true;
}

/** What a location said about goods that are not there any more: told to stock once nothing holds them. */
export interface Correction {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly reason: 'not-found' | 'damaged';
  /** The fulfilment order. */
  readonly ref: string;
}

export interface Cancelling {
  readonly kind: 'cancel';
  readonly cancellationId: string;
  readonly reason: string;
  readonly lines: readonly LineQuantity[];
  /** Fulfilment orders that have not answered yet. */
  readonly asked: readonly string[];
  readonly cancelled: readonly CancelledUnits[];
}

export type Job = Moving | Cancelling;

export interface Fulfilling {
  readonly orderId: string;
  /** That sold it. */
  readonly channel: string;
  readonly recipient?: string;
  readonly wishes: Readonly<Record<string, Wish>>;
  /** Plans that the order has made so far. */
  readonly plans: number;
  readonly confirmed: boolean;
  readonly holds: readonly string[];
  /** Locations that did not serve what they were assigned. */
  readonly refusers: readonly string[];
  /** Units that must still come in, by reservation. */
  readonly missing: Readonly<Record<string, number>>;
  readonly waiting: readonly Waiting[];
  /** The oldest first. */
  readonly assigned: readonly Assigned[];
  readonly corrections: readonly Correction[];
  /** One at a time: the first is under way. */
  readonly jobs: readonly Job[];
}

/** What the order is at next, and what is asked of others for it. */
export interface Step {
  readonly state: Fulfilling;
  readonly intents: readonly Intent[];
}

export const stays = (state: Fulfilling): Step => ({ state, intents: [] });

/** Gives what waits, and may be worked on, to its locations: one fulfilment order per place and way. */
export const assign = (state: Fulfilling, acceptBy: string): Step => {
  if (!state.confirmed || state.holds.length > 0) return { state, intents: [] };
  const isComplete = ({ reservationId }: Waiting) => state.missing[reservationId] === undefined;
  const orders = fulfillmentOrders(state, state.waiting.filter(isComplete));
  const { orderId, channel, recipient } = state;
  return {
    state: {
      ...state,
      waiting: state.waiting.filter((one) => !isComplete(one)),
      assigned: [...state.assigned, ...orders],
    },
    intents: orders.map(({ id, ...order }) => ({
      type: 'AssignFulfillment',
      data: {
        ...{ fulfillmentId: id, orderId, channel, ...order },
        ...(order.method !== 'carry-out' && { acceptBy }),
        ...(order.method === 'ship' && recipient !== undefined && { recipient }),
      },
    })),
  };
};

const fulfillmentOrders = ({ orderId, wishes }: Fulfilling, waiting: readonly Waiting[]): Assigned[] => {
  const orders: (Assigned & { readonly lines: FulfillmentLine[] })[] = [];
  for (const { reservationId, sku, locationId, lines, attempt } of waiting) {
    for (const { lineId, quantity } of lines) {
      const way = wayOf(wishes[lineId], locationId);
      const line = { lineId, sku, quantity, reservationId };
      // A line that has two reservations at one place needs two, as events name lines only.
      const order = orders.find(
        (one) =>
          one.locationId === locationId &&
          one.attempt === attempt &&
          one.method === way.method &&
          one.pickupAt === way.pickupAt &&
          one.lines.every((other) => other.lineId !== lineId),
      );
      const id = uuidv5(
        KONTOR_NAMESPACE,
        `fulfillment/${orderId}/${reservationId}/${way.method}/${way.pickupAt ?? ''}`,
      );
      if (order) order.lines.push(line);
      else orders.push({ id, locationId, ...way, lines: [line], attempt });
    }
  }
  return orders;
};

const wayOf = (wish: Wish = { method: 'ship' }, locationId: string): Pick<Assigned, 'method' | 'pickupAt'> => {
  const elsewhere = wish.method === 'pickup' && wish.locationId !== undefined && wish.locationId !== locationId;
  return { method: wish.method, ...(elsewhere && { pickupAt: wish.locationId }) };
};

/** Units leave a fulfilment order, which goes with its last. */
export const without = (state: Fulfilling, id: string, gone: readonly LineQuantity[]): Fulfilling => ({
  ...state,
  assigned: state.assigned.flatMap((one) => {
    if (one.id !== id) return [one];
    const lines = less(one.lines, gone);
    return lines.length > 0 ? [{ ...one, lines }] : [];
  }),
});

/** What is left of some lines. */
export const less = <Line extends LineQuantity>(lines: readonly Line[], gone: readonly LineQuantity[]): Line[] => {
  const quantities = new Map<string, number>();
  for (const { lineId, quantity } of gone) quantities.set(lineId, (quantities.get(lineId) ?? 0) + quantity);
  return lines.flatMap((line) => {
    const taken = Math.min(line.quantity, quantities.get(line.lineId) ?? 0);
    quantities.set(line.lineId, (quantities.get(line.lineId) ?? 0) - taken);
    return taken < line.quantity ? [{ ...line, quantity: line.quantity - taken }] : [];
  });
};

/** Nothing is left to be done for the order. */
export const isDone = ({ confirmed, waiting, assigned, jobs, corrections }: Fulfilling) =>
  confirmed && waiting.length + assigned.length + jobs.length + corrections.length === 0;
