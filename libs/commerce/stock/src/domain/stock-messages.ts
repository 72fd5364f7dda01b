/**
 * What is said to and by the stock of one SKU at one location. Every quantity is a whole number of sellable units;
 * positive unless said otherwise. Times are ISO 8601 UTC with milliseconds.
 */
import { type Message } from '#kernel';

/** Whom a reservation is for. */
export interface ReservationOwner {
  readonly type: 'order' | 'cart' | 'appointment' | 'transfer';
  readonly id: string;
}

/** `soft` reservations end by themselves at `expiresAt`; `hard` ones are ended by a command only. */
export type ReservationKind = 'soft' | 'hard';

export type UnavailableReason = 'damaged' | 'quality-control' | 'display' | 'quarantine' | 'other';

/** For a channel that speaks for itself: a reservation that another has made is none to it. */
export interface OfChannel {
  readonly ofChannel?: string;
}

/**
 * The name of a fact in the world, say till/receipt/line, as long as `ref` may name several: a delivery note has many
 * boxes. Told again under it, by whatever command, the fact is not booked again.
 */
export interface OneFact {
  readonly factId?: string;
}

export type StockCommand =
  /** With `incomingRest`, what was announced beyond `quantity` stays announced; without, the announcement ends. */
  | Message<'ReceiveStock', { quantity: number; ref: string; incomingRef?: string; incomingRest?: boolean } & OneFact>
  /** What was counted, as of an instant; movements after it are kept. `sourceSeq` grows with every count of a source. */
  | Message<'RecordStockCount', { countId: string; counted: number; asOf: string; sourceSeq: number }>
  | Message<'AdjustStock', { delta: number; reason: string; ref: string } & OneFact>
  | Message<'MarkStockUnavailable', { quantity: number; reason: UnavailableReason; ref: string }>
  | Message<'MarkStockAvailable', { quantity: number; reason: UnavailableReason; ref: string }>
  | Message<'AnnounceIncomingStock', { ref: string; quantity: number; eta: string }>
  /** A quantity of 0 says that it will not come. */
  | Message<'ChangeIncomingStock', { ref: string; quantity: number; eta: string }>
  | Message<'SetBackorderLimit', { limit: number }>
  | Message<
      'ReserveStock',
      {
        reservationId: string;
        quantity: number;
        kind: ReservationKind;
        owner: ReservationOwner;
        expiresAt?: string;
        /** Units that the channel leaves alone here. Whole, ≥ 0. Added by the command's handler if not given. */
        keep?: number;
        /** A reservation of the same buyer here that this one takes over, in one step. For processes only. */
        replaces?: string;
        /** When the goods are promised for: backorders are filled in this order, then by age. ISO 8601. */
        promisedFor?: string;
        /** Added by the command's handler: a paused location takes no new reservations. */
        locationPaused?: boolean;
      }
    >
  | Message<'ExtendReservation', { reservationId: string; expiresAt: string } & OfChannel>
  | Message<'FirmReservation', { reservationId: string } & OfChannel>
  /** Gives back a part; the reservation goes on with the rest. */
  | Message<'ReduceReservation', { reservationId: string; by: number } & OfChannel>
  | Message<'ReleaseReservation', { reservationId: string; reason: string } & OfChannel>
  /** Sent by the timer; checked again against `expiresAt` and the command's time. */
  | Message<'ExpireReservation', { reservationId: string }>
  /** All of it, or `quantity` units: the reservation goes on with the rest. */
  | Message<'ConsumeReservation', { reservationId: string; ref: string; quantity?: number }>
  /** Goods that left without a reservation: a till sale, an order fulfilled elsewhere. */
  | Message<'RecordStockIssue', { quantity: number; cause: StockIssueCause; ref: string } & OneFact>
  | Message<'RestockReturn', { quantity: number; returnId: string; disposition: Disposition } & OneFact>;

export type StockIssueCause = 'store-sale' | 'fulfilled-elsewhere' | 'fulfillment' | 'transfer';

/** What became of returned goods: `restock` is sellable again, `damaged` and `refurbish` are on hand but unavailable. */
export type Disposition = 'restock' | 'refurbish' | 'damaged';

/** Of a reservation that ends or shrinks. */
interface Waived {
  /** Units among them that had still to come in. */
  readonly backordered?: number;
}

export type StockEvent =
  | Message<'StockReceived', { quantity: number; ref: string } & OneFact>
  | Message<'StockCounted', { countId: string; counted: number; asOf: string; sourceSeq: number }>
  /** `delta` may be negative. The reason `count` is kept for what a count found; `ref` is the count's id then. */
  | Message<'StockAdjusted', { delta: number; reason: string; ref: string } & OneFact>
  | Message<'StockMadeUnavailable', { quantity: number; reason: UnavailableReason; ref: string }>
  | Message<'StockMadeAvailable', { quantity: number; reason: UnavailableReason; ref: string }>
  | Message<'IncomingStockAnnounced', { ref: string; quantity: number; eta: string }>
  | Message<'IncomingStockChanged', { ref: string; quantity: number; eta: string }>
  /** `quantity` is what was expected; what really came is the StockReceived beside it. */
  | Message<'IncomingStockArrived', { ref: string; quantity: number }>
  | Message<'BackorderLimitSet', { limit: number }>
  | Message<
      'StockReserved',
      {
        reservationId: string;
        quantity: number;
        kind: ReservationKind;
        owner: ReservationOwner;
        expiresAt?: string;
        /** Units of it that must still come in. */
        backordered?: number;
        promisedFor?: string;
        /** When the reservation began that it took over, if it did: it keeps the place in the queue. ISO 8601. */
        since?: string;
      }
    >
  /** Goods came in for a waiting reservation; `left` units still wait. */
  | Message<'BackorderFilled', { reservationId: string; quantity: number; left: number; owner: ReservationOwner }>
  | Message<
      'StockReservationDeclined',
      { reservationId: string; quantity: number; available: number; owner: ReservationOwner }
    >
  | Message<'ReservationExtended', { reservationId: string; expiresAt: string }>
  | Message<'ReservationFirmed', { reservationId: string; quantity: number }>
  | Message<
      'ReservationReduced',
      { reservationId: string; by: number; left: number; kind: ReservationKind; owner: ReservationOwner } & Waived
    >
  | Message<
      'ReservationReleased',
      {
        reservationId: string;
        quantity: number;
        kind: ReservationKind;
        owner: ReservationOwner;
        reason: string;
      } & Waived
    >
  | Message<
      'ReservationExpired',
      { reservationId: string; quantity: number; kind: ReservationKind; owner: ReservationOwner } & Waived
    >
  | Message<
      'ReservationConsumed',
      { reservationId: string; quantity: number; kind: ReservationKind; owner: ReservationOwner; ref: string } & Waived
    >
  /** A part left; `left` units stay reserved. */
  | Message<
      'ReservationPartlyConsumed',
      {
        reservationId: string;
        by: number;
        left: number;
        kind: ReservationKind;
        owner: ReservationOwner;
        ref: string;
      } & Waived
    >
  /** Follows a ReservationConsumed of the same command, or stands alone. */
  | Message<'StockIssued', { quantity: number; cause: StockIssueCause; ref: string } & OneFact>
  | Message<'StockRestocked', { quantity: number; returnId: string; disposition: Disposition } & OneFact>
  /**
   * A fact took goods that were promised, or more than were there. `short` are the covered units that cannot be served
   * now, those of the affected reservations; when nobody is affected, the units by which on hand is below zero. The
   * reservations stay covered: goods that come in make up for the shortfall before they fill backorders.
   */
  | Message<'StockShortfallDetected', { short: number; affectedReservations: readonly string[] }>;
