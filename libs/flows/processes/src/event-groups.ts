/** Events by what they are about, so that a process can name in a few words which of them it ignores. */
import { type FulfillmentEvent } from '#fulfillment';
import { type OrderEvent } from '#orders';
import { type PaymentEvent } from '#payments';
import { type StockEvent } from '#stock';

const ofOrder = <Type extends OrderEvent['type']>(...types: readonly Type[]) => types;

export const ORDER_HOLDS = ofOrder('OrderHeld', 'OrderHoldReleased');
export const ORDER_CANCELLATIONS = ofOrder(
  'OrderLinesCancellationRequested',
  'OrderLinesCancelled',
  'OrderCancellationRefused',
);
export const ORDER_EDITS = ofOrder('OrderEditProposed', 'OrderEditApplied', 'OrderEditDiscarded');
export const ORDER_TENDERS = ofOrder('OrderTendered', 'OrderTenderDropped');
export const ORDER_RETURNS = ofOrder(
  'OrderReturnAnnounced',
  'OrderReturnRefused',
  'OrderReturnWithdrawn',
  'OrderLinesReturned',
);

const ofStock = <Type extends StockEvent['type']>(...types: readonly Type[]) => types;

/** Units that come, go, are counted or are marked, and what is expected of them: not about any one reservation. */
export const INVENTORY_CHANGES = ofStock(
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
/** A reservation that goes on, with the same units or fewer. */
export const RESERVATION_CHANGES = ofStock(
  'BackorderFilled',
  'ReservationExtended',
  'ReservationFirmed',
  'ReservationReduced',
  'ReservationPartlyConsumed',
);
export const RESERVATION_ENDS = ofStock('ReservationReleased', 'ReservationExpired', 'ReservationConsumed');

const ofPayment = <Type extends PaymentEvent['type']>(...types: readonly Type[]) => types;

/** An operation of a payment that has no outcome yet. */
export const OPEN_PAYMENT_OPERATIONS = ofPayment(
  'PaymentRequested',
  'PaymentQueued',
  'PaymentUnknown',
  'PaymentInquiryRequested',
);

const ofFulfillment = <Type extends FulfillmentEvent['type']>(...types: readonly Type[]) => types;

/** Work at a location that leaves the units where they are, or brings them to where they were sent. */
export const LOCATION_WORK = ofFulfillment(
  'FulfillmentAccepted',
  'ItemsPicked',
  'ParcelPacked',
  'ParcelDelivered',
  'ArrivedForPickup',
  'ReadyForPickup',
  'PickupReminded',
);
export const FULFILLMENT_HOLDS = ofFulfillment('FulfillmentHeld', 'FulfillmentResumed');
export const SHIPMENT_ANSWERS = ofFulfillment(
  'FulfillmentJoinedShipment',
  'ShipmentJoinRefused',
  'FulfillmentLeftShipment',
);
