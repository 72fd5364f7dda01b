/**
 * What is said to and by one fulfilment order: the lines of an order that one location serves by one method; stream
 * `fulfillment-<fulfillmentId>`. Every event names its order.
 */
import { type Message } from '#kernel';

export type FulfillmentMethod = 'ship' | 'pickup' | 'carry-out';

export interface FulfillmentLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  /** What holds the goods at the location. */
  readonly reservationId: string;
}

export interface LineQuantity {
  readonly lineId: string;
  readonly quantity: number;
}

export interface FulfillmentDetails {
  readonly orderId: string;
  /** The channel that sold it. */
  readonly channel: string;
  /** Whose work it is. */
  readonly locationId: string;
  readonly method: FulfillmentMethod;
  /** Pickup from another place than the one that has the goods: they are shipped there first. */
  readonly pickupAt?: string;
  readonly lines: readonly FulfillmentLine[];
  /** Without an answer by then, it counts as rejected. ISO 8601. */
  readonly acceptBy?: string;
  readonly attempt: number;
  /** A key that orders of one customer to one address share: those may leave together. */
  readonly recipient?: string;
}

/** `not-found` and `damaged` correct the stock; the others do not. */
export type RefusalReason = 'not-found' | 'damaged' | 'no-capacity' | 'closed' | 'timeout' | 'other';

interface At {
  readonly fulfillmentId: string;
  /** Who acts: must be the location whose turn it is. */
  readonly locationId: string;
}

export interface Parcel {
  readonly parcelId: string;
  readonly lines: readonly LineQuantity[];
}

export type FulfillmentCommand =
  | Message<'AssignFulfillment', { fulfillmentId: string } & FulfillmentDetails>
  | Message<'AcceptFulfillment', At>
  /** All of it, or only some lines. */
  | Message<'RejectFulfillment', At & { lines?: readonly LineQuantity[]; reason: RefusalReason; note?: string }>
  | Message<'ExpireAcceptance', { fulfillmentId: string }>
  | Message<'PickItems', At & { lines: readonly LineQuantity[] }>
  /** A short pick: fewer were found than wanted. */
  | Message<'ReportShortPick', At & { lines: readonly LineQuantity[]; reason: RefusalReason }>
  | Message<'PackParcel', At & Parcel>
  | Message<'ShipParcel', At & { parcelId: string; carrier: string; tracking?: string }>
  /** A fact of the carrier. */
  | Message<'RecordDelivery', { fulfillmentId: string; parcelId: string }>
  /** Goods from another place have come to where they are picked up. */
  | Message<'RecordArrival', At>
  | Message<'MarkReadyForPickup', At & { until?: string }>
  | Message<'RemindPickup', { fulfillmentId: string }>
  | Message<'HandOver', At & { lines?: readonly LineQuantity[]; proof: string }>
  | Message<'ExpirePickup', { fulfillmentId: string }>
  /** Of a process: the order cancels; what has left cannot be. */
  | Message<'CancelFulfillmentLines', { fulfillmentId: string; cancellationId: string; lines: readonly LineQuantity[] }>
  /** Of a process: may it leave together with others, from this location to this recipient? */
  | Message<'JoinShipment', At & { shipmentId: string; recipient: string }>
  | Message<'LeaveShipment', At & { shipmentId: string }>
  /** Of a process: what has not left yet leaves with the shipment. */
  | Message<'ShipJoined', { fulfillmentId: string; shipmentId: string; carrier: string; tracking?: string }>
  | Message<'DeliverJoined', { fulfillmentId: string; shipmentId: string }>
  | Message<'HoldFulfillment', { fulfillmentId: string }>
  | Message<'ResumeFulfillment', { fulfillmentId: string }>;

interface OfOrder {
  readonly orderId: string;
}

export type FulfillmentEvent =
  | Message<'FulfillmentAssigned', FulfillmentDetails>
  | Message<'FulfillmentAccepted', OfOrder>
  /** Lines that the location will not serve, and what holds them there. Also after a short pick. */
  | Message<
      'FulfillmentRejected',
      OfOrder & {
        lines: readonly FulfillmentLine[];
        reason: RefusalReason;
        locationId: string;
        attempt: number;
        note?: string;
      }
    >
  | Message<'ItemsPicked', OfOrder & { lines: readonly LineQuantity[] }>
  | Message<'ParcelPacked', OfOrder & Parcel>
  | Message<
      'ParcelShipped',
      OfOrder & {
        parcelId: string;
        lines: readonly FulfillmentLine[];
        locationId: string;
        carrier: string;
        tracking?: string;
        pickupAt?: string;
        /** It left together with goods of other orders. */
        shipmentId?: string;
      }
    >
  | Message<'ParcelDelivered', OfOrder & { parcelId: string }>
  | Message<'ArrivedForPickup', OfOrder & { locationId: string }>
  | Message<'ReadyForPickup', OfOrder & { until: string }>
  | Message<'PickupReminded', OfOrder>
  /** `shippedHere`: the goods came from another place, whose stock was booked out when they left. */
  | Message<
      'HandedOver',
      OfOrder & { lines: readonly FulfillmentLine[]; locationId: string; proof: string; shippedHere?: true }
    >
  | Message<'PickupExpired', OfOrder & { lines: readonly FulfillmentLine[]; locationId: string; shippedHere?: true }>
  | Message<
      'FulfillmentLinesCancelled',
      OfOrder & { cancellationId: string; cancelled: readonly LineQuantity[]; refused: readonly LineQuantity[] }
    >
  | Message<'FulfillmentJoinedShipment', OfOrder & { shipmentId: string }>
  | Message<'ShipmentJoinRefused', OfOrder & { shipmentId: string; code: string }>
  /** Before it was shipped: taken out, or nothing was there to be shipped. */
  | Message<'FulfillmentLeftShipment', OfOrder & { shipmentId: string; code: string }>
  | Message<'FulfillmentHeld', OfOrder>
  | Message<'FulfillmentResumed', OfOrder>;
