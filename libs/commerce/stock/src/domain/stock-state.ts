import {
  type ReservationKind,
  type ReservationOwner,
  type StockEvent,
  type UnavailableReason,
} from './stock-messages.js';

/** What decisions about one SKU at one location need to know. The fold changes its maps in place. */
export interface StockItem {
  onHand: number;
  /** Sum of `unavailable`. */
  unavailableTotal: number;
  readonly unavailable: Map<UnavailableReason, number>;
  /** Announced deliveries by their `ref`. */
  readonly incoming: Map<string, { readonly quantity: number; readonly eta: string }>;
  backorderLimit: number;
  /** Sum of the quantities of `reservations`. */
  reserved: number;
  /** Sum of the backordered units of `reservations`. */
  backordered: number;
  /** Active reservations by id, oldest first. */
  readonly reservations: Map<string, Reservation>;
  /**
   * Ids of reservations that have ended, in two generations, so that memory is bounded: at least the last
   * {@link MIN_ENDED_RESERVATIONS_REMEMBERED}, at most twice as many.
   */
  endedReservations: { recent: Set<string>; older: Set<string> };
  /** Fact id → content of facts that were booked, in two generations: at least the last {@link MIN_FACTS_REMEMBERED}. */
  bookedFacts: { recent: Map<string, string>; older: Map<string, string> };
  /** Recent changes of on hand, in the order of the log: counts of the past are compared with them. */
  movements: Movement[];
  /** Latest business time of a movement that was forgotten; empty if none was. */
  movementsKnownAfter: string;
  lastCount: { readonly countId: string; readonly asOf: string } | undefined;
  /** Channel → sequence number of its last count. */
  readonly countSeqs: Map<string, number>;
}

export interface Reservation {
  readonly reservationId: string;
  readonly quantity: number;
  readonly kind: ReservationKind;
  readonly owner: ReservationOwner;
  readonly expiresAt?: string | undefined;
  /** How many of the units have still to come in. The others are covered by goods on hand. */
  readonly backordered: number;
  readonly promisedFor?: string;
  /** Start of the reservation, or of the one that it replaced. Business time, ISO 8601. */
  readonly since: string;
  /** The channel that made it; `system` if a process did. */
  readonly channel: string;
  /** A process made it for an order, cart, appointment or transfer, and moves it with that. */
  readonly ofProcess?: true;
}

/** A change of on hand: `at` is business time, `change` signed units. */
interface Movement {
  readonly at: string;
  readonly change: number;
}

export const MIN_ENDED_RESERVATIONS_REMEMBERED = 10_000;
export const MIN_FACTS_REMEMBERED = 5_000;
export const MIN_MOVEMENTS_REMEMBERED = 1_000;

export const initialState = (): StockItem => ({
  onHand: 0,
  unavailableTotal: 0,
  unavailable: new Map(),
  incoming: new Map(),
  backorderLimit: 0,
  reserved: 0,
  backordered: 0,
  reservations: new Map(),
  endedReservations: { recent: new Set(), older: new Set() },
  bookedFacts: { recent: new Map(), older: new Map() },
  movements: [],
  movementsKnownAfter: '',
  lastCount: undefined,
  countSeqs: new Map(),
});

/** sellable = max(0, on hand − unavailable) */
export const sellableUnits = ({ onHand, unavailableTotal }: Pick<StockItem, 'onHand' | 'unavailableTotal'>) =>
  Math.max(0, onHand - unavailableTotal);

/** available = sellable + backorder limit − reserved. Negative when facts took units that were reserved. */
export const availableUnits = (item: Pick<StockItem, 'onHand' | 'unavailableTotal' | 'backorderLimit' | 'reserved'>) =>
  sellableUnits(item) + item.backorderLimit - item.reserved;

/** uncommitted = sellable − (reserved − backordered). Negative when facts took units that covered reservations. */
export const uncommittedUnits = (item: Pick<StockItem, 'onHand' | 'unavailableTotal' | 'reserved' | 'backordered'>) =>
  sellableUnits(item) - (item.reserved - item.backordered);

export const isEndedReservation = ({ endedReservations }: Readonly<StockItem>, reservationId: string) =>
  endedReservations.recent.has(reservationId) || endedReservations.older.has(reservationId);

/** How an event changes the numbers of a stock item, in signed units. */
export interface QuantityChanges {
  readonly onHand?: number;
  readonly unavailable?: number;
  readonly reserved?: number;
  readonly backordered?: number;
}

const NO_CHANGES: QuantityChanges = {};

export const quantityChanges = ({ type, data }: StockEvent): QuantityChanges => {
  switch (type) {
    case 'StockReceived':
      return { onHand: data.quantity };
    case 'StockAdjusted':
      return { onHand: data.delta };
    case 'StockIssued':
      return { onHand: -data.quantity };
    case 'StockRestocked':
      return data.disposition === 'restock'
        ? { onHand: data.quantity }
        : { onHand: data.quantity, unavailable: data.quantity };
    case 'StockMadeUnavailable':
      return { unavailable: data.quantity };
    case 'StockMadeAvailable':
      return { unavailable: -data.quantity };
    case 'StockReserved':
      return { reserved: data.quantity, backordered: data.backordered ?? 0 };
    case 'BackorderFilled':
      return { backordered: -data.quantity };
    case 'ReservationReduced':
    case 'ReservationPartlyConsumed':
      return { reserved: -data.by, backordered: -(data.backordered ?? 0) };
    case 'ReservationReleased':
    case 'ReservationExpired':
    case 'ReservationConsumed':
      return { reserved: -data.quantity, backordered: -(data.backordered ?? 0) };
    case 'StockCounted':
    case 'IncomingStockAnnounced':
    case 'IncomingStockChanged':
    case 'IncomingStockArrived':
    case 'BackorderLimitSet':
    case 'StockReservationDeclined':
    case 'ReservationExtended':
    case 'ReservationFirmed':
    case 'StockShortfallDetected':
      return NO_CHANGES;
  }
};

/** By how many units, signed, an event changes on hand. */
export const onHandChange = (event: StockEvent): number => quantityChanges(event).onHand ?? 0;
