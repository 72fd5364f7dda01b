import { type FulfillmentEvent } from '#fulfillment';
import { type OrderEvent } from '#orders';
import { type PaymentEvent } from '#payments';
import { type ReturnEvent } from '#returns';
import { type StockEvent, type TransferEvent } from '#stock';
import { type GiftCardEvent, type VoucherEvent } from '#vouchers';

type CheckedEvent =
  | FulfillmentEvent
  | GiftCardEvent
  | OrderEvent
  | PaymentEvent
  | ReturnEvent
  | StockEvent
  | TransferEvent
  | VoucherEvent;

/** A rule that the recorded events must never break, and that `kontor verify` checks. */
export interface Invariant<EventType extends string = string> {
  /** Number, for example `I1`. It is stable, and rules about the same quantity share it. */
  readonly id: string;
  readonly name: string;
  /** The rule in one sentence. */
  readonly statement: string;
  /** Categories of the streams that are read; empty when every stream is read. */
  readonly categories: readonly string[];
  /** Event types that are added up or compared; empty when every event of those streams is. */
  readonly events: readonly EventType[];
}

/** Compile-time check that the listed event types exist. */
const invariant = <EventType extends CheckedEvent['type']>(entry: Invariant<EventType>): Invariant => entry;

const movements = ['StockReceived', 'StockRestocked', 'StockAdjusted', 'StockIssued'] as const;
const availabilityChanges = ['StockMadeUnavailable', 'StockMadeAvailable'] as const;
const reservationEnds = ['ReservationReleased', 'ReservationExpired', 'ReservationConsumed'] as const;
const reservationQuantityChanges = ['ReservationReduced', 'ReservationPartlyConsumed', ...reservationEnds] as const;
const moneyMovements = ['PaymentAuthorized', 'PaymentCaptured', 'PaymentVoided', 'PaymentRefunded'] as const;

/** Every invariant that can be checked from what is stored, in the order in which `kontor verify` reports them. */
export const invariants = {
  streamsAreReadable: invariant({
    id: 'I21',
    name: 'Streams are readable',
    statement: 'Every stream holds only events of Kontor, from its beginning and without gaps, and nothing hides any.',
    categories: [],
    events: [],
  }),
  reservationsWithinStock: invariant({
    id: 'I1',
    name: 'Reservations stay within stock',
    statement:
      'When a reservation is made, all reserved units are at most the sellable units on hand plus the backorder limit.',
    categories: ['stock'],
    events: [...movements, ...availabilityChanges, 'BackorderLimitSet', 'StockReserved', ...reservationQuantityChanges],
  }),
  backordersInOrder: invariant({
    id: 'I19',
    name: 'Backorders are filled in order',
    statement:
      'Incoming goods fill the backorder with the earliest promised date first, then the oldest, and each unit is given once.',
    categories: ['stock'],
    events: [...movements, ...availabilityChanges, 'StockReserved', 'BackorderFilled', ...reservationQuantityChanges],
  }),
  reservationsEndOnce: invariant({
    id: 'I2',
    name: 'Reservations end once',
    statement: 'Each reservation starts once and ends at most once, and nothing happens to it after its end.',
    categories: ['stock'],
    events: ['StockReserved', 'ReservationExtended', 'ReservationFirmed', ...reservationQuantityChanges],
  }),
  commandsActOnce: invariant({
    id: 'I3',
    name: 'Commands take effect once',
    statement:
      'All events of one command stand together in one stream, once, and their ids are derived from the command id.',
    categories: [],
    events: [],
  }),
  stockAddsUp: invariant({
    id: 'I4',
    name: 'Stock adds up',
    statement:
      'Units on hand are received + restocked + adjusted − issued, in the log as in read.stock_position and read.stock_movement.',
    categories: ['stock'],
    events: [...movements],
  }),
  transfersAddUp: invariant({
    id: 'I4',
    name: 'Transfers add up',
    statement:
      'Units of a transfer leave its source, are in transit, and arrive at its destination or are written off as missing; none appear or vanish.',
    categories: ['transfer', 'stock'],
    events: [
      'TransferRequested',
      'TransferShipped',
      'TransferReceived',
      'TransferClosed',
      'StockIssued',
      'StockReceived',
    ],
  }),
  orderTotalsAddUp: invariant({
    id: 'I5',
    name: 'Order totals add up',
    statement:
      'The total of an order or return is the exact sum of its lines and charges, the amounts of its fulfilled and cancelled units come to that total, and no return is promised more than is left of it.',
    categories: ['order', 'return'],
    events: [
      'OrderPlaced',
      'OrderRecorded',
      'OrderRejected',
      'OrderEditApplied',
      'OrderLinesFulfilled',
      'OrderLinesCancelled',
      'OrderLinesReturned',
      'OrderReturnRecorded',
      'OrderRefundRecorded',
      'ReturnRecorded',
    ],
  }),
  paymentsAddUp: invariant({
    id: 'I5',
    name: 'Payments add up',
    statement:
      'The postings of each payment operation sum to zero, each operation is requested first and done once, and refunded ≤ captured ≤ authorized.',
    categories: ['payment'],
    events: ['PaymentInitiated', 'PaymentRequested', ...moneyMovements, 'PaymentDisputed'],
  }),
  orderLinesAddUp: invariant({
    id: 'I6',
    name: 'Order lines add up',
    statement:
      'For each order line, ordered = open + allocated + fulfilled + cancelled, in the log as in read.order_status.',
    categories: ['order'],
    events: [
      'OrderPlaced',
      'OrderRecorded',
      'OrderConfirmed',
      'OrderRejected',
      'OrderReallocated',
      'OrderEditApplied',
      'OrderLinesFulfilled',
      'OrderLinesCancelled',
    ],
  }),
  fulfillmentAddsUp: invariant({
    id: 'I20',
    name: 'Fulfillment adds up',
    statement:
      'No unit of a fulfillment order leaves twice or after its cancellation, and every unit that left is issued from stock.',
    categories: ['fulfillment', 'stock'],
    events: [
      'FulfillmentAssigned',
      'ParcelShipped',
      'HandedOver',
      'PickupExpired',
      'FulfillmentRejected',
      'FulfillmentLinesCancelled',
      'StockIssued',
    ],
  }),
  returnsWithinSales: invariant({
    id: 'I7',
    name: 'Returns stay within sales',
    statement:
      'An order takes no more units of a line back than the buyer received. Units that came back beyond that, and returns that name no order, are listed as discrepancies.',
    categories: ['order', 'return'],
    events: [
      'OrderPlaced',
      'OrderRecorded',
      'OrderEditApplied',
      'OrderRejected',
      'OrderLinesCancelled',
      'OrderLinesFulfilled',
      'OrderLinesReturned',
      'OrderReturnRecorded',
      'ReturnRequested',
      'ReturnRecorded',
    ],
  }),
  returnRefundsWithinDue: invariant({
    id: 'I5',
    name: 'Return refunds stay within what is due',
    statement: 'A return refunds at most the paid value of its goods less its fees.',
    categories: ['return'],
    events: ['ReturnAssessed', 'ReturnRefunded'],
  }),
  refundsWithinOrder: invariant({
    id: 'I22',
    name: 'Refunds stay within the order',
    statement:
      'Kontor itself gives back at most what an order came to. What was given back for it in all ways together (returns, tills, by hand, at the provider, as store credit) beyond what was captured is listed as a discrepancy.',
    categories: ['order', 'return', 'payment', 'giftcard'],
    events: [
      'OrderPlaced',
      'OrderRecorded',
      'OrderEditApplied',
      'PaymentCaptured',
      'PaymentRefunded',
      'PaymentDisputed',
      'PaymentDisputeResolved',
      'ReturnRefunded',
      'ReturnRecorded',
      'StoreCreditIssued',
    ],
  }),
  noOverspentInstruments: invariant({
    id: 'I8',
    name: 'No overspent gift cards or vouchers',
    statement:
      'No gift card or store credit is overdrawn, no voucher is used more often than issued for, and each hold ends once.',
    categories: ['giftcard', 'voucher'],
    events: [
      'GiftCardIssued',
      'StoreCreditIssued',
      'BalanceAdjusted',
      'GiftCardExpired',
      'BalanceHeld',
      'HoldRedeemed',
      'HoldReleased',
      'BalanceCredited',
      'VoucherIssued',
      'VoucherHeld',
      'VoucherRedeemed',
      'VoucherReleased',
      'VoucherRefunded',
    ],
  }),
  envelopesComplete: invariant({
    id: 'I10',
    name: 'Event metadata is complete',
    statement: 'Every event names its actor, channel, command and cause, and log positions only increase.',
    categories: [],
    events: [],
  }),
  readModelsMatch: invariant({
    id: 'I11',
    name: 'Read models match the log',
    statement: 'The rows of every read model equal those of a fresh fold of the log up to the same position.',
    categories: [],
    events: [],
  }),
  countsKeepMovements: invariant({
    id: 'I14',
    name: 'Counts keep later movements',
    statement:
      'A stock count corrects the quantity at its own time: movements after that time stay, and none is counted twice.',
    categories: ['stock'],
    events: ['StockCounted', ...movements],
  }),
  personalDataSealed: invariant({
    id: 'I15',
    name: 'Personal data is encrypted',
    statement: 'Personal fields are encrypted in every event, and no e-mail address is stored in plain text.',
    categories: [],
    events: [],
  }),
  keysStored: invariant({
    id: 'I23',
    name: 'No key of personal data is lost',
    statement: 'The key of every encrypted field is stored, or its erasure is registered.',
    categories: [],
    events: [],
  }),
  noOrphanedReservations: invariant({
    id: 'I18',
    name: 'No orphaned reservations',
    statement: 'An order that has ended reserves no stock, and no order stays pending after its checkout deadline.',
    categories: ['order', 'stock'],
    events: [
      'OrderPlaced',
      'OrderConfirmed',
      'OrderRejected',
      'OrderEditApplied',
      'OrderLinesCancelled',
      'OrderLinesFulfilled',
      'StockReserved',
      ...reservationEnds,
    ],
  }),
  noOrphanedAuthorizations: invariant({
    id: 'I18',
    name: 'No orphaned authorizations',
    statement: 'An order that has ended keeps no open authorization, and a rejected one keeps no captured money.',
    categories: ['order', 'payment'],
    events: [
      'OrderPlaced',
      'OrderRejected',
      'OrderEditApplied',
      'OrderLinesCancelled',
      'OrderLinesFulfilled',
      'PaymentRequested',
      ...moneyMovements,
      'PaymentFailed',
      'PaymentDisputed',
      'PaymentDisputeResolved',
    ],
  }),
} as const satisfies Record<string, Invariant>;
