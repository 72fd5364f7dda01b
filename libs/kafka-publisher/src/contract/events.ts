/** Published as `com.kontor.withheld.v1`: that something happened, so that revisions have no gap, but nothing of it. */
export const WITHHELD = 0;

/**
 * Event type → version of what is published of it. Raise a version when its schema loses or changes something; a test
 * tells. A type without a line is withheld.
 */
export const EVENTS: Readonly<Record<string, number>> = {
  // carts
  CartCreated: 1,
  CartLineAdded: 1,
  CartLineQuantitySet: 1,
  CartLineRemoved: 1,
  CartHandedOver: 1,
  CartCustomerAttached: 1,
  CartReservationRequested: WITHHELD,
  CartStockAsked: WITHHELD,
  CartStockReserved: 1,
  CartStockNotReserved: 1,
  CartStockReduced: 1,
  CartReservationsExtended: 1,
  CartReservationsReleased: 1,
  CartReservationEnded: 1,
  CartLinesMerged: 1,
  CartCheckedOut: 1,
  CartOrdered: 1,
  CartReopened: 1,
  CartClosed: 1,
  AppointmentBooked: 1,
  AppointmentGoodsReserved: 1,
  AppointmentGoodsMissing: 1,
  AppointmentGoodsLost: 1,
  AppointmentConfirmed: 1,
  AppointmentIncomplete: 1,
  AppointmentRescheduled: 1,
  AppointmentCancelled: 1,
  AppointmentCompleted: 1,
  AppointmentMissed: 1,
  ReorderButtonConfigured: 1,
  ReorderButtonPressed: 1,
  ReorderPressIgnored: 1,
  ReorderFailed: 1,
  // customers
  CustomerRegistered: 1,
  CustomerUpdated: 1,
  IdentityLinked: WITHHELD,
  // fulfillment
  FulfillmentAssigned: 1,
  FulfillmentAccepted: 1,
  FulfillmentRejected: 1,
  ItemsPicked: 1,
  ParcelPacked: 1,
  ParcelShipped: 1,
  ParcelDelivered: 1,
  ArrivedForPickup: 1,
  ReadyForPickup: 1,
  PickupReminded: 1,
  HandedOver: 1,
  PickupExpired: 1,
  FulfillmentLinesCancelled: 1,
  FulfillmentJoinedShipment: 1,
  ShipmentJoinRefused: 1,
  FulfillmentLeftShipment: 1,
  ShipmentRequested: 1,
  ShipmentMemberJoined: 1,
  ShipmentMemberLost: 1,
  ShipmentShipped: 1,
  ShipmentDelivered: 1,
  FulfillmentHeld: 1,
  FulfillmentResumed: 1,
  // network
  LocationRegistered: 1,
  LocationDetailsChanged: 1,
  LocationPaused: 1,
  LocationResumed: 1,
  ChannelConfigured: 1,
  // orders
  LedgerAdjusted: 1,
  OrderPlaced: 1,
  OrderRecorded: 1,
  FulfillmentPlanned: 1,
  OrderConfirmed: 1,
  OrderRejected: 1,
  OrderHeld: 1,
  OrderHoldReleased: 1,
  OrderLinesCancelled: 1,
  OrderLinesCancellationRequested: 1,
  OrderCancellationRefused: 1,
  OrderReallocated: 1,
  OrderLinesFulfilled: 1,
  OrderEditProposed: 1,
  OrderEditApplied: 1,
  OrderEditDiscarded: 1,
  OrderTendered: 1,
  OrderTenderDropped: 1,
  OrderReturnAnnounced: 1,
  OrderReturnRefused: 1,
  OrderReturnWithdrawn: 1,
  OrderLinesReturned: 1,
  // payments
  PaymentInitiated: 1,
  PaymentRequested: 1,
  PaymentQueued: WITHHELD,
  PaymentAuthorized: 1,
  PaymentCaptured: 1,
  PaymentVoided: 1,
  PaymentRefunded: 1,
  PaymentFailed: 1,
  PaymentUnknown: 1,
  PaymentInquiryRequested: WITHHELD,
  PaymentDisputed: 1,
  // returns
  ReturnRecorded: 1,
  ReturnRequested: 1,
  ReturnApproved: 1,
  ReturnDeclined: 1,
  ReturnReceived: 1,
  ReturnItemsInspected: 1,
  ReturnRefundRequested: 1,
  ReturnRefunded: 1,
  ReturnRefundFailed: 1,
  ReturnClosed: 1,
  ReturnExchanged: 1,
  ReturnAssessed: 1,
  ReturnCreditRequested: 1,
  // stock
  StockReceived: 1,
  StockCounted: 1,
  StockAdjusted: 1,
  StockMadeUnavailable: 1,
  StockMadeAvailable: 1,
  IncomingStockAnnounced: 1,
  IncomingStockChanged: 1,
  IncomingStockArrived: 1,
  BackorderLimitSet: 1,
  StockReserved: 1,
  BackorderFilled: 1,
  StockReservationDeclined: 1,
  ReservationExtended: 1,
  ReservationFirmed: 1,
  ReservationReduced: 1,
  ReservationReleased: 1,
  ReservationExpired: 1,
  ReservationConsumed: 1,
  ReservationPartlyConsumed: 1,
  StockIssued: 1,
  StockRestocked: 1,
  StockShortfallDetected: 1,
  KitDefined: 1,
  KitRetired: 1,
  TransferRequested: 1,
  TransferConfirmed: 1,
  TransferCancelled: 1,
  TransferShipped: 1,
  TransferReceived: 1,
  TransferClosed: 1,
  // vouchers
  GiftCardIssued: 1,
  StoreCreditIssued: 1,
  BalanceAdjusted: 1,
  GiftCardExpired: 1,
  BalanceHeld: 1,
  BalanceHoldDeclined: 1,
  HoldRedeemed: 1,
  HoldReleased: 1,
  BalanceCredited: 1,
  VoucherIssued: 1,
  VoucherExpired: 1,
  VoucherHeld: 1,
  VoucherHoldDeclined: 1,
  VoucherRedeemed: 1,
  VoucherReleased: 1,
  VoucherRefunded: 1,
  // sourcing
  SourcingPolicyPublished: 1,
  SourcingPolicyActivated: 1,
  SourcingPolicyDeactivated: 1,
};

/** Names of fields that leave Kontor in no event, however deep: who somebody is, free text, what opens or proves something. */
export const NEVER: ReadonlySet<string> = new Set(['contact', 'note', 'comment', 'token', 'proof', 'hash']);

const kebab = (type: string) => type.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

/** `OrderPlaced` of an order is `order.placed`; `ReservationReleased` of stock is `stock.reservation-released`. */
const nameOf = (category: string, type: string): string => {
  const words = kebab(type).split('-');
  for (let count = 1; count < words.length; count++) {
    if (words.slice(0, count).join('') === category) return `${category}.${words.slice(count).join('-')}`;
  }
  return `${category}.${words.join('-')}`;
};

/** The `ce_type` of an event; undefined when it is withheld. */
export const publicType = (category: string, type: string): string | undefined => {
  const version = Object.hasOwn(EVENTS, type) ? EVENTS[type] : WITHHELD;
  return version ? `com.kontor.${nameOf(category, type)}.v${version}` : undefined;
};
