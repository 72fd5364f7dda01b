/**
 * The commands and events of the stock of one SKU at one location. Every quantity is a whole number of sellable units,
 * positive unless said otherwise. Times are ISO 8601 UTC with milliseconds.
 *
 * The docstring of each event says which of the numbers of {@link stockItem} it moves.
 */
import { type Message } from '#kernel';

/** The cart, order, appointment or transfer that a reservation is for. */
export interface ReservationOwner {
  readonly type: 'order' | 'cart' | 'appointment' | 'transfer';
  readonly id: string;
}

/** A `soft` reservation expires at `expiresAt`; a `hard` one lasts until a command ends it. */
export type ReservationKind = 'soft' | 'hard';

export type UnavailableReason = 'damaged' | 'quality-control' | 'display' | 'quarantine' | 'other';

/** Set for commands from outside. Processes, which move the reservations that they have made, set neither. */
export interface ActingChannel {
  /** A channel acts for itself: a reservation that another channel made is answered as if it did not exist. */
  readonly ofChannel?: string;
  /** Staff act for all channels. */
  readonly byStaff?: true;
}

/**
 * The identity of a fact in the outside world, for example till/receipt/line. It is needed where `ref` is shared by several
 * facts: a delivery note has many boxes. A fact with an identity is booked once, whatever command reports it again.
 */
export interface FactIdentity {
  readonly factId?: string;
}

export type StockCommand =
  /** With `incomingRest`, what was announced beyond `quantity` stays announced; without, the announcement ends. */
  | Message<
      'ReceiveStock',
      { quantity: number; ref: string; incomingRef?: string; incomingRest?: boolean } & FactIdentity
    >
  /**
   * `counted` units were on hand at the instant `asOf`; later movements are not undone. `sourceSeq` increases with every
   * count of the same channel.
   */
  | Message<'RecordStockCount', { countId: string; counted: number; asOf: string; sourceSeq: number }>
  | Message<'AdjustStock', { delta: number; reason: string; ref: string } & FactIdentity>
  | Message<'MarkStockUnavailable', { quantity: number; reason: UnavailableReason; ref: string }>
  | Message<'MarkStockAvailable', { quantity: number; reason: UnavailableReason; ref: string }>
  | Message<'AnnounceIncomingStock', { ref: string; quantity: number; eta: string }>
  /** A quantity of 0 cancels the announcement. */
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
        /** Safety stock: units that this reservation must leave available, ≥ 0. The handler adds the channel's if absent. */
        keep?: number;
        /** A reservation of the same buyer here, which is released in the same step. For processes only. */
        replaces?: string;
        /** The date that the goods are promised for: backorders are filled by this date, then by age. ISO 8601. */
        promisedFor?: string;
        /** Added by the handler: a paused location takes no new reservations. */
        locationPaused?: boolean;
      }
    >
  | Message<'ExtendReservation', { reservationId: string; expiresAt: string } & ActingChannel>
  | Message<'FirmReservation', { reservationId: string } & ActingChannel>
  /** Releases `by` units; the reservation continues with the others. */
  | Message<'ReduceReservation', { reservationId: string; by: number } & ActingChannel>
  | Message<'ReleaseReservation', { reservationId: string; reason: string } & ActingChannel>
  /** Sent by a timer, which may be early: checked against `expiresAt` and the command's own time. */
  | Message<'ExpireReservation', { reservationId: string }>
  /** Consumes `quantity` units, or all of them if it is absent; the reservation continues with the others. */
  | Message<'ConsumeReservation', { reservationId: string; ref: string; quantity?: number } & ActingChannel>
  /** Goods that left without a reservation: sold at a till, or fulfilled elsewhere. */
  | Message<'RecordStockIssue', { quantity: number; cause: StockIssueCause; ref: string } & FactIdentity>
  | Message<'RestockReturn', { quantity: number; returnId: string; disposition: Disposition } & FactIdentity>;

export type StockIssueCause = 'store-sale' | 'fulfilled-elsewhere' | 'fulfillment' | 'transfer';

/** The outcome of inspecting a return: `restock` is sellable again, `damaged` and `refurbish` are on hand but unavailable. */
export type Disposition = 'restock' | 'refurbish' | 'damaged';

/** Part of the events that end or reduce a reservation. */
interface BackorderedPart {
  /** How many of the units taken off the reservation were backordered. */
  readonly backordered?: number;
}

export type StockEvent =
  /** on hand + `quantity` */
  | Message<'StockReceived', { quantity: number; ref: string } & FactIdentity>
  /** Moves no number: the difference, if there is one, is the StockAdjusted that follows. */
  | Message<'StockCounted', { countId: string; counted: number; asOf: string; sourceSeq: number }>
  /** on hand + `delta`, which may be negative. The reason `count` is reserved for differences found by a count, whose id is then `ref`. */
  | Message<'StockAdjusted', { delta: number; reason: string; ref: string } & FactIdentity>
  /** unavailable + `quantity` */
  | Message<'StockMadeUnavailable', { quantity: number; reason: UnavailableReason; ref: string }>
  /** unavailable − `quantity` */
  | Message<'StockMadeAvailable', { quantity: number; reason: UnavailableReason; ref: string }>
  /** incoming + `quantity` */
  | Message<'IncomingStockAnnounced', { ref: string; quantity: number; eta: string }>
  /** incoming of this `ref` becomes `quantity`, which may be 0 */
  | Message<'IncomingStockChanged', { ref: string; quantity: number; eta: string }>
  /** incoming − `quantity`, the units that were announced. The units that did arrive are in the StockReceived before it. */
  | Message<'IncomingStockArrived', { ref: string; quantity: number }>
  /** backorder limit becomes `limit`, ≥ 0 */
  | Message<'BackorderLimitSet', { limit: number }>
  /** reserved + `quantity`, backordered + `backordered` */
  | Message<
      'StockReserved',
      {
        reservationId: string;
        quantity: number;
        kind: ReservationKind;
        owner: ReservationOwner;
        expiresAt?: string;
        /** How many of the units have still to come in. */
        backordered?: number;
        promisedFor?: string;
        /** Start of the reservation that this one replaced, whose place in the backorder queue it takes. ISO 8601. */
        since?: string;
      }
    >
  /** backordered − `quantity`: so many units are covered now; `left` units are still backordered. */
  | Message<'BackorderFilled', { reservationId: string; quantity: number; left: number; owner: ReservationOwner }>
  /** Moves no number. `available` is how many units could have been reserved. */
  | Message<
      'StockReservationDeclined',
      { reservationId: string; quantity: number; available: number; owner: ReservationOwner }
    >
  /** Moves no number. */
  | Message<'ReservationExtended', { reservationId: string; expiresAt: string }>
  /** `quantity` units go from soft to hard reserved; the sum does not move. */
  | Message<'ReservationFirmed', { reservationId: string; quantity: number }>
  /** reserved − `by`, backordered − `backordered`; `left` units stay reserved */
  | Message<
      'ReservationReduced',
      {
        reservationId: string;
        by: number;
        left: number;
        kind: ReservationKind;
        owner: ReservationOwner;
      } & BackorderedPart
    >
  /** reserved − `quantity`, backordered − `backordered` */
  | Message<
      'ReservationReleased',
      {
        reservationId: string;
        quantity: number;
        kind: ReservationKind;
        owner: ReservationOwner;
        reason: string;
      } & BackorderedPart
    >
  /** reserved − `quantity`, backordered − `backordered` */
  | Message<
      'ReservationExpired',
      { reservationId: string; quantity: number; kind: ReservationKind; owner: ReservationOwner } & BackorderedPart
    >
  /** reserved − `quantity`, backordered − `backordered`. The StockIssued that follows takes the units off on hand. */
  | Message<
      'ReservationConsumed',
      {
        reservationId: string;
        quantity: number;
        kind: ReservationKind;
        owner: ReservationOwner;
        ref: string;
      } & BackorderedPart
    >
  /** reserved − `by`, backordered − `backordered`; `left` units stay reserved. Followed by StockIssued. */
  | Message<
      'ReservationPartlyConsumed',
      {
        reservationId: string;
        by: number;
        left: number;
        kind: ReservationKind;
        owner: ReservationOwner;
        ref: string;
      } & BackorderedPart
    >
  /** on hand − `quantity`. Follows the consumption of a reservation, or stands alone. */
  | Message<'StockIssued', { quantity: number; cause: StockIssueCause; ref: string } & FactIdentity>
  /** on hand + `quantity`; unavailable + `quantity` too, unless the disposition is `restock` */
  | Message<'StockRestocked', { quantity: number; returnId: string; disposition: Disposition } & FactIdentity>
  /**
   * Moves no number: a fact took units that reservations were covered by, or more units than were on hand. `short` is how
   * many covered units cannot be served now, all of them of the affected reservations; if no reservation is affected, it is
   * by how many units on hand is below zero. The reservations stay covered: goods that come in make up for the shortfall
   * before they fill backorders.
   */
  | Message<'StockShortfallDetected', { short: number; affectedReservations: readonly string[] }>;
