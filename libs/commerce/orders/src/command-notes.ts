import { type CommandNotes } from '#capability';

export const commandNotes: CommandNotes = {
  PlaceOrder: {
    events: 'OrderPlaced, FulfillmentPlanned',
    then: 'StockReserved for each line, PaymentAuthorized for each tender; OrderConfirmed or OrderRejected',
    serves: 'OO2, OO4, OO5, OO7, ST6, SF1, SF2',
  },
  RecordOrder: {
    events: 'OrderRecorded',
    then: 'StockIssued for each SKU and location',
    serves: 'OO4, OO7, OO10',
  },
  HoldOrder: { events: 'OrderHeld', serves: 'OO4, OO8' },
  ReleaseOrderHold: { events: 'OrderHoldReleased', serves: 'OO4, OO8' },
  CancelOrderLines: {
    events: 'OrderLinesCancelled or OrderLinesCancellationRequested',
    then: 'FulfillmentLinesCancelled; OrderLinesCancelled, or OrderCancellationRefused for what has left',
    serves: 'OO4',
  },
  PayOrder: { events: 'OrderTendered', then: 'PaymentInitiated; OrderTenderDropped?', serves: 'PV2, OO2' },
  ProposeOrderEdit: { events: 'OrderEditProposed', serves: 'OO4, OO8' },
  ApplyOrderEdit: {
    events: 'OrderEditApplied, OrderTendered?, OrderLinesCancellationRequested?',
    then: 'FulfillmentPlanned, StockReserved, OrderReallocated, FulfillmentAssigned; or OrderLinesCancelled',
    serves: 'OO4, OO8',
  },
  DiscardOrderEdit: { events: 'OrderEditDiscarded', serves: 'OO4' },
  AdjustLedger: { events: 'LedgerAdjusted', serves: 'BI4' },
};
