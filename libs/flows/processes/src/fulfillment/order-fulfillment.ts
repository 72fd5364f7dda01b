/** The state of the process `fulfillment`. Each unit that is not with its buyer is unassigned, in one assignment or in one task. */
import { type FulfillmentLine, type FulfillmentMethod, type RefusalReason } from '#fulfillment';
import { type Allocation, type CancelledUnits, type LineQuantity } from '#orders';
import { type Reaction } from '#process-manager';
import { subtractUnits } from '../lines.js';
import { type FulfillmentProcessCommand } from './fulfillment.process.js';

export interface OrderFulfillment {
  readonly orderId: string;
  /** The channel that sold the order. */
  readonly channel: string;
  readonly recipient?: string;
  /** By line id. */
  readonly requestedMethods: Readonly<Record<string, RequestedMethod>>;
  /** Attempt of the order's last plan. */
  readonly plansMade: number;
  readonly confirmed: boolean;
  readonly holds: readonly string[];
  /** Locations that have refused assigned units. */
  readonly refusingLocations: readonly string[];
  /** Units that are not in stock yet, by reservation. */
  readonly backordered: Readonly<Record<string, number>>;
  readonly unassigned: readonly UnassignedUnits[];
  /** The oldest first. */
  readonly assignments: readonly Assignment[];
  readonly corrections: readonly StockCorrection[];
  /** One at a time: the first is under way. */
  readonly tasks: readonly Task[];
}

/** How a line was ordered. */
export interface RequestedMethod {
  readonly method: FulfillmentMethod;
  /** The store for pickup or carry-out. */
  readonly locationId?: string;
}

/** Reserved units that no location works on. */
export interface UnassignedUnits {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly lines: readonly LineQuantity[];
  /** Number of the next assignment of these units, counted from 1. */
  readonly attempt: number;
}

/** A fulfillment order with the units that have not left it. */
export interface Assignment {
  readonly fulfillmentId: string;
  readonly locationId: string;
  readonly method: FulfillmentMethod;
  readonly pickupAt?: string;
  readonly lines: readonly FulfillmentLine[];
  readonly attempt: number;
}

/** Goods that a location has lost or damaged. Stock is corrected once the units are no longer reserved. */
export interface StockCorrection {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly reason: 'not-found' | 'damaged';
  /** The fulfillment order. */
  readonly ref: string;
}

export type Task = Reallocation | Cancellation;

/** Units that need another location because theirs has refused them or because an edit has added them. */
export interface Reallocation {
  readonly kind: 'reallocation';
  /** The fulfillment order that the units were assigned to, or the edit that added them. */
  readonly origin: string;
  readonly locationId: string;
  readonly lines: readonly ReallocatedLine[];
  readonly attempt: number;
  readonly reason: RefusalReason | 'not-collected';
  /** The pickup store where goods from another location were not collected. They stay there. */
  readonly returnedTo?: string;
  /** Units that stay with the origin. It makes the ids of several reallocations of one origin unique. */
  readonly unitsKept?: number;
  readonly planCount: number;
  /** Locations that are not planned for. */
  readonly excludedLocations: readonly string[];
  readonly reserved: readonly Allocation[];
  readonly progress:
    | { readonly stage: 'queued' }
    | { readonly stage: 'planning'; readonly awaitedPlan: number }
    | { readonly stage: 'reserving'; readonly pendingReservations: readonly Allocation[] }
    /** The order has been asked to reallocate the units, and has not done it yet. */
    | { readonly stage: 'notified' };
}

/** The reservation is absent for units that are not reserved yet. */
export type ReallocatedLine = Omit<FulfillmentLine, 'reservationId'> & Partial<Pick<FulfillmentLine, 'reservationId'>>;

/** Units that the buyer cancels. */
export interface Cancellation {
  readonly kind: 'cancellation';
  readonly cancellationId: string;
  readonly reason: string;
  readonly lines: readonly LineQuantity[];
  /** Fulfillment orders that have not answered yet. */
  readonly pendingAnswers: readonly string[];
  readonly cancelled: readonly CancelledUnits[];
}

/** A reaction that does not end the fulfillment. */
export interface Step extends Reaction<OrderFulfillment, FulfillmentProcessCommand> {
  readonly state: OrderFulfillment;
}

export const unchanged = (state: OrderFulfillment): Step => ({ state, commands: [] });

/** Removes units from a fulfillment order, and the fulfillment order with its last unit. */
export const withoutUnits = (
  state: OrderFulfillment,
  fulfillmentId: string,
  gone: readonly LineQuantity[],
): OrderFulfillment => ({
  ...state,
  assignments: state.assignments.flatMap((one) => {
    if (one.fulfillmentId !== fulfillmentId) return [one];
    const lines = subtractUnits(one.lines, gone);
    return lines.length > 0 ? [{ ...one, lines }] : [];
  }),
});

export const withFirstTask = (state: OrderFulfillment, task: Task): OrderFulfillment => ({
  ...state,
  tasks: [task, ...state.tasks.slice(1)],
});

export const withoutFirstTask = (state: OrderFulfillment): OrderFulfillment => ({
  ...state,
  tasks: state.tasks.slice(1),
});

/** Whether no unit of the order is left to be fulfilled. */
export const isDone = ({ confirmed, unassigned, assignments, tasks, corrections }: OrderFulfillment) =>
  confirmed && unassigned.length + assignments.length + tasks.length + corrections.length === 0;
