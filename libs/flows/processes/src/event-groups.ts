/** Groups of events, so that a process can name the events that it ignores briefly. */
import { type FulfillmentEvent } from '#fulfillment';
import { type OrderEvent } from '#orders';
import { type PaymentEvent } from '#payments';
import { type StockEvent } from '#stock';

const orderEvents = <Type extends OrderEvent['type']>(...types: readonly Type[]) => types;

export const ORDER_HOLDS = orderEvents('OrderHeld', 'OrderHoldReleased');
export const ORDER_CANCELLATIONS = orderEvents(
  'OrderLinesCancellationRequested',
  'OrderLinesCancelled',
  'OrderCancellationRefused',
);
export const ORDER_EDITS = orderEvents('OrderEditProposed', 'OrderEditApplied', 'OrderEditDiscarded');
export const ORDER_TENDERS = orderEvents('OrderTendered', 'OrderTenderDropped');
export const ORDER_RETURNS = orderEvents(
  'OrderReturnAnnounced',
  'OrderReturnRefused',
  'OrderReturnWithdrawn',
  'OrderRefundRecorded',
  'OrderReturnRecorded',
  'OrderLinesReturned',
);

const stockEvents = <Type extends StockEvent['type']>(...types: readonly Type[]) => types;

/** Changes of stock that concern no single reservation. */
export const INVENTORY_CHANGES = stockEvents(
  'StockReceived',
  'StockCounted',
  'StockAdjusted',
  'StockMadeUnavailable',
  'StockMadeAvailable',
  'IncomingStockAnnounced',
  'IncomingStockChanged',
  'IncomingStockArrived',
  'BackorderLimitSet',
  'StockIssued',
  'StockRestocked',
  'StockShortfallDetected',
);
/** Changes of a reservation that continues. */
export const RESERVATION_CHANGES = stockEvents(
  'BackorderFilled',
  'ReservationExtended',
  'ReservationFirmed',
  'ReservationReduced',
  'ReservationPartlyConsumed',
);
export const RESERVATION_ENDS = stockEvents('ReservationReleased', 'ReservationExpired', 'ReservationConsumed');

const paymentEvents = <Type extends PaymentEvent['type']>(...types: readonly Type[]) => types;

/** Events of operations that have no outcome yet. */
export const OPEN_PAYMENT_OPERATIONS = paymentEvents(
  'PaymentRequested',
  'PaymentQueued',
  'PaymentUnknown',
  'PaymentInquiryRequested',
);

export const PAYMENT_DISPUTES = paymentEvents('PaymentDisputed', 'PaymentDisputeResolved');

const fulfillmentEvents = <Type extends FulfillmentEvent['type']>(...types: readonly Type[]) => types;

/** Work at a location by which no units leave their fulfillment order. */
export const LOCATION_WORK = fulfillmentEvents(
  'FulfillmentAccepted',
  'ItemsPicked',
  'ParcelPacked',
  'ParcelDelivered',
  'ArrivedForPickup',
  'ReadyForPickup',
  'PickupReminded',
);
export const FULFILLMENT_HOLDS = fulfillmentEvents('FulfillmentHeld', 'FulfillmentResumed');
export const SHIPMENT_ANSWERS = fulfillmentEvents(
  'FulfillmentJoinedShipment',
  'ShipmentJoinRefused',
  'FulfillmentLeftShipment',
);
