import {
  type ReservationKind,
  type ReservationOwner,
  type StockEvent,
  type UnavailableReason,
} from './stock-messages.js';

export interface Reservation {
  readonly reservationId: string;
  readonly quantity: number;
  readonly kind: ReservationKind;
  readonly owner: ReservationOwner;
  readonly expiresAt?: string | undefined;
  /** Units of it that must still come in. The others are covered. */
  readonly backordered: number;
  readonly promisedFor?: string;
  /** When it began, or the one that it took over. ISO 8601, business time. */
  readonly since: string;
  /** The channel that made it; `system` where a process did. */
  readonly channel: string;
}

/** A change of the units on hand at a business time. */
interface Movement {
  readonly at: string;
  readonly change: number;
}

/** What decisions about one SKU at one location rest on. Its maps are changed in place by the fold. */
export interface StockItem {
  onHand: number;
  /** Σ of `unavailable`. */
  unavailableTotal: number;
  readonly unavailable: Map<UnavailableReason, number>;
  readonly incoming: Map<string, { readonly quantity: number; readonly eta: string }>;
  backorderLimit: number;
  /** Σ of `reservations`. */
  reserved: number;
  /** Σ of what `reservations` still wait for. */
  backordered: number;
  /** The active ones, oldest first. */
  readonly reservations: Map<string, Reservation>;
  /** Ids of ended reservations, in two generations: at least the last {@link GENERATION} are remembered. */
  ended: { recent: Set<string>; older: Set<string> };
  /** Named facts that were booked, each with what it did, in two generations: at least the last {@link FACTS}. */
  facts: { recent: Map<string, string>; older: Map<string, string> };
  /** Recent movements in the order of the log, for counts of the past. */
  movements: Movement[];
  /** No movement after this time has been forgotten. Empty: none at all. */
  movementsKnownAfter: string;
  lastCount: { readonly countId: string; readonly asOf: string } | undefined;
  /** Channel → sequence number of its last count. */
  readonly countSeqs: Map<string, number>;
}

export const GENERATION = 10_000;
/** Named facts to remember at least; twice as many at most. */
export const FACTS = 5_000;
/** Movements to remember at least; twice as many at most. */
export const WINDOW = 1_000;

export const initialState = (): StockItem => ({
  onHand: 0,
  unavailableTotal: 0,
  unavailable: new Map(),
  incoming: new Map(),
  backorderLimit: 0,
  reserved: 0,
  backordered: 0,
  reservations: new Map(),
  ended: { recent: new Set(), older: new Set() },
  facts: { recent: new Map(), older: new Map() },
  movements: [],
  movementsKnownAfter: '',
  lastCount: undefined,
  countSeqs: new Map(),
});

/** What reservations may rest on. */
export const sellable = ({ onHand, unavailableTotal }: Pick<StockItem, 'onHand' | 'unavailableTotal'>) =>
  Math.max(0, onHand - unavailableTotal);

/** What can still be reserved. Negative when facts took what was promised. */
export const available = (item: Readonly<StockItem>) => sellable(item) + item.backorderLimit - item.reserved;

/** Units on the shelf that no reservation has been given. Negative when facts took what had been. */
export const uncommitted = (item: Pick<StockItem, 'onHand' | 'unavailableTotal' | 'reserved' | 'backordered'>) =>
  sellable(item) - (item.reserved - item.backordered);

export const hasEnded = ({ ended }: Readonly<StockItem>, reservationId: string) =>
  ended.recent.has(reservationId) || ended.older.has(reservationId);

/** What an event does to the four numbers of a stock item. */
export interface Effect {
  readonly onHand?: number;
  readonly unavailable?: number;
  readonly reserved?: number;
  readonly backordered?: number;
}

const NONE: Effect = {};

export const effectOf = ({ type, data }: StockEvent): Effect => {
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
      return NONE;
  }
};

/** By how many units an event changes what is on hand. */
export const movementOf = (event: StockEvent): number => effectOf(event).onHand ?? 0;
