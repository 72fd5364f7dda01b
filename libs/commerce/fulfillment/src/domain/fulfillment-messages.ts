/**
 * Commands and events of one fulfillment order, that is the lines of an order that one location serves by one method:
 * stream `fulfillment-<fulfillmentId>`. Every event names its order.
 */
import { type Message } from '#kernel';

export const FULFILLMENT_METHODS = ['ship', 'pickup', 'carry-out'] as const;
export type FulfillmentMethod = (typeof FULFILLMENT_METHODS)[number];

export interface FulfillmentLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  /** The reservation of the goods at the location. */
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
  /** The location that has the goods. */
  readonly locationId: string;
  readonly method: FulfillmentMethod;
  /** The pickup location if it is not the one that has the goods, which then ships them there first. */
  readonly pickupAt?: string;
  readonly lines: readonly FulfillmentLine[];
  /** If the location has not answered by then, the work counts as rejected. ISO 8601. */
  readonly acceptBy?: string;
  /** How often these units have been assigned, counted from 1. */
  readonly attempt: number;
  /** A key that is shared by orders of one customer to one address, which may leave together. */
  readonly recipient?: string;
}

/** `not-found` and `damaged` correct the stock; the others do not. */
export const REFUSAL_REASONS = ['not-found', 'damaged', 'no-capacity', 'closed', 'timeout', 'other'] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

interface LocationAction {
  readonly fulfillmentId: string;
  /** The location that acts. It must be the one that does this step. */
  readonly locationId: string;
}

export interface Parcel {
  readonly parcelId: string;
  readonly lines: readonly LineQuantity[];
}

export type FulfillmentCommand =
  | Message<
      'AssignFulfillment',
      /** Without the last, the location may take any time to accept. */
      Omit<FulfillmentDetails, 'acceptBy'> & { fulfillmentId: string; acceptWithinSeconds?: number }
    >
  | Message<'AcceptFulfillment', LocationAction>
  /** Rejects everything if no lines are given. */
  | Message<
      'RejectFulfillment',
      LocationAction & { lines?: readonly LineQuantity[]; reason: RefusalReason; note?: string }
    >
  | Message<'ExpireAcceptance', { fulfillmentId: string }>
  | Message<'PickItems', LocationAction & { lines: readonly LineQuantity[] }>
  /** Reports units that were not found when picking. */
  | Message<'ReportShortPick', LocationAction & { lines: readonly LineQuantity[]; reason: RefusalReason }>
  | Message<'PackParcel', LocationAction & Parcel>
  | Message<'ShipParcel', LocationAction & { parcelId: string; carrier: string; tracking?: string }>
  /** A fact that the carrier reports. */
  | Message<'RecordDelivery', { fulfillmentId: string; parcelId: string }>
  /** Goods from another location have arrived at the pickup location. */
  | Message<'RecordArrival', LocationAction>
  | Message<'MarkReadyForPickup', LocationAction & { until?: string }>
  | Message<'RemindPickup', { fulfillmentId: string }>
  | Message<'HandOver', LocationAction & { lines?: readonly LineQuantity[]; proof: string }>
  | Message<'ExpirePickup', { fulfillmentId: string }>
  /** Sent by a process when lines of the order are cancelled. Units that have left cannot be cancelled. */
  | Message<'CancelFulfillmentLines', { fulfillmentId: string; cancellationId: string; lines: readonly LineQuantity[] }>
  /** Sent by a process: the goods are to leave with a shipment from this location to this recipient. */
  | Message<'JoinShipment', LocationAction & { shipmentId: string; recipient: string }>
  | Message<'LeaveShipment', LocationAction & { shipmentId: string }>
  /** Sent by a process when the shipment leaves: all units that have not left yet leave with it. */
  | Message<'ShipJoined', { fulfillmentId: string; shipmentId: string; carrier: string; tracking?: string }>
  | Message<'DeliverJoined', { fulfillmentId: string; shipmentId: string }>
  | Message<'HoldFulfillment', { fulfillmentId: string }>
  | Message<'ResumeFulfillment', { fulfillmentId: string }>;

interface OrderReference {
  readonly orderId: string;
}

export type FulfillmentEvent =
  | Message<'FulfillmentAssigned', FulfillmentDetails>
  | Message<'FulfillmentAccepted', OrderReference>
  /** The location does not serve these lines, whose reservations it still has. Also the result of a short pick. */
  | Message<
      'FulfillmentRejected',
      OrderReference & {
        lines: readonly FulfillmentLine[];
        reason: RefusalReason;
        locationId: string;
        attempt: number;
        note?: string;
      }
    >
  | Message<'ItemsPicked', OrderReference & { lines: readonly LineQuantity[] }>
  | Message<'ParcelPacked', OrderReference & Parcel>
  | Message<
      'ParcelShipped',
      OrderReference & {
        parcelId: string;
        lines: readonly FulfillmentLine[];
        locationId: string;
        carrier: string;
        tracking?: string;
        pickupAt?: string;
        /** The shipment that it left with. */
        shipmentId?: string;
      }
    >
  | Message<'ParcelDelivered', OrderReference & { parcelId: string }>
  | Message<'ArrivedForPickup', OrderReference & { locationId: string }>
  | Message<'ReadyForPickup', OrderReference & { until: string }>
  | Message<'PickupReminded', OrderReference>
  /** With `shippedHere`, the goods came from another location and were issued from its stock when they left there. */
  | Message<
      'HandedOver',
      OrderReference & { lines: readonly FulfillmentLine[]; locationId: string; proof: string; shippedHere?: true }
    >
  | Message<
      'PickupExpired',
      OrderReference & { lines: readonly FulfillmentLine[]; locationId: string; shippedHere?: true }
    >
  | Message<
      'FulfillmentLinesCancelled',
      OrderReference & { cancellationId: string; cancelled: readonly LineQuantity[]; refused: readonly LineQuantity[] }
    >
  | Message<'FulfillmentJoinedShipment', OrderReference & { shipmentId: string }>
  | Message<'ShipmentJoinRefused', OrderReference & { shipmentId: string; code: string }>
  /** Before the shipment left: taken out by the location, or without goods to ship. */
  | Message<'FulfillmentLeftShipment', OrderReference & { shipmentId: string; code: string }>
  | Message<'FulfillmentHeld', OrderReference>
  | Message<'FulfillmentResumed', OrderReference>;
