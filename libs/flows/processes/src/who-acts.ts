/** Who acts on each event, and for those on which no process acts, why nobody has to. */
import { inMemoryViews } from '#registry';
import { type Message } from '#kernel';
import { processRefusals } from '#process-manager';
import { processes } from './processes.js';

const STOCK = 'The stock stream decides with it; what can be sold is computed when it is asked for.';
const STEP = 'A step of one location; the fulfillment order decides with it, and people see it.';
const CART = 'The cart decides with it; nothing outside the cart depends on it.';
const ANSWER = 'It answers a process, which has already gone on by the event that it sent the command for.';
const SETTINGS = 'It is a setting for later decisions, which read it when they are made.';
const READ_BY_PEOPLE = 'People read it; what follows is a command of theirs.';

/** The reasons for events on which no process and no view in memory acts. */
export const WHY_NOBODY_ACTS: Readonly<Record<string, string>> = {
  StockReceived: STOCK,
  StockCounted: 'The StockAdjusted that is recorded with it corrects the stock.',
  StockAdjusted: STOCK,
  StockMadeUnavailable: STOCK,
  StockMadeAvailable: STOCK,
  IncomingStockAnnounced: STOCK,
  IncomingStockChanged: STOCK,
  IncomingStockArrived: STOCK,
  BackorderLimitSet: SETTINGS,
  ReservationExtended: 'The timer reads the new deadline from the read model.',
  ReservationFirmed: STOCK,
  StockIssued: 'The goods have left: whatever caused it was handled before.',
  StockRestocked: STOCK,
  StockShortfallDetected: 'Tills and analysts see the shortfall; a person counts the shelf.',
  TransferConfirmed: 'The process has sent it itself, and waits for the goods to be shipped.',
  OrderCancellationRefused: 'The goods have left; the buyer may return them.',
  OrderEditProposed: 'A preview: nothing follows before it is applied.',
  OrderEditDiscarded: 'A preview that is over.',
  OrderTenderDropped: 'The amount is due again: the order shows it, and the buyer pays by PayOrder.',
  OrderReturnWithdrawn: 'The order decides with it: the units can be returned again.',
  OrderRefundRecorded: 'The order decides with it; what goes beyond the order is among its problems, for a person.',
  OrderReturnRecorded: 'The order decides with it; what goes beyond the order is among its problems, for a person.',
  LedgerAdjusted: 'A correction of the trade figures, which only reports add up.',
  CustomerRegistered: 'Orders, carts and returns name the customer; none waits for the registration.',
  CustomerUpdated: 'Who needs the details reads them.',
  IdentityLinked: 'Who needs the identity reads it.',
  PaymentQueued: 'The payment starts it itself when its turn comes: PaymentRequested.',
  GiftCardIssued: 'Its holder spends it.',
  BalanceAdjusted: READ_BY_PEOPLE,
  GiftCardExpired: READ_BY_PEOPLE,
  VoucherIssued: 'Its holder uses it.',
  VoucherExpired: READ_BY_PEOPLE,
  FulfillmentAccepted: STEP,
  ItemsPicked: STEP,
  ParcelPacked: STEP,
  ParcelDelivered: 'The goods are with the buyer since they left; the delivery is for people to see.',
  ArrivedForPickup: STEP,
  ReadyForPickup: 'The channel tells the buyer; the timer reads the deadline from the read model.',
  PickupReminded: 'The channel tells the buyer.',
  FulfillmentHeld: ANSWER,
  FulfillmentResumed: ANSWER,
  ShipmentMemberJoined: ANSWER,
  ShipmentMemberLost: ANSWER,
  CartCreated: CART,
  CartLineAdded: CART,
  CartLineQuantitySet: CART,
  CartLineRemoved: CART,
  CartHandedOver: CART,
  CartCustomerAttached: CART,
  CartReservationRequested: CART,
  CartStockReserved: ANSWER,
  CartStockNotReserved: ANSWER,
  CartReservationEnded: ANSWER,
  CartCheckedOut: 'The order of the cart comes by PlaceOrder.',
  CartOrdered: ANSWER,
  CartReopened: ANSWER,
  AppointmentGoodsMissing: ANSWER,
  AppointmentGoodsLost: ANSWER,
  AppointmentConfirmed: ANSWER,
  AppointmentIncomplete: ANSWER,
  ReorderButtonConfigured: SETTINGS,
  ReorderPressIgnored: 'The button was pressed too soon again: nothing is to be ordered.',
  ReorderFailed: 'The channel and the customer see why nothing was ordered.',
  ReturnReceived: 'The goods are booked when they are inspected.',
  ReturnExchanged: 'ReturnCreditRequested, which is recorded with it, requests the store credit.',
  ReturnAssessed: 'Another event requests the refund, or a till pays out.',
  ReturnRefunded: 'The money has gone back: the return decides with it.',
  ReturnRefundFailed: 'A person sends RetryReturnRefund or PayOutReturn; the return shows the failure.',
};

const views = inMemoryViews.map((View) => new View());

/** @returns the processes and views in memory that act on an event */
export const actorsOn = (category: string, type: string): readonly string[] => {
  const event: Message = { type, data: {} };
  if (category === processRefusals.category) return ['the process that has sent the command'];
  return [
    ...processes().filter(({ inputs }) => inputs.includes(event)),
    ...views.filter(({ categories }) => categories.includes(category)),
  ].map(({ name }) => name);
};
