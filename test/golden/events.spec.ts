/**
 * Events as older versions have recorded them. Every later version must be able to read them: a file here is never changed,
 * and a new version of an event gets a new file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { appointment, cart, reorderButton } from '#carts';
import { customer } from '#customers';
import { fulfillment, shipment } from '#fulfillment';
import { personalPaths, upcast, type Decider, type EventDefinition, type Message } from '#kernel';
import { channel, location } from '#network';
import { ledgerEntry, order } from '#orders';
import { payment } from '#payments';
import { processRefusals } from '#process-manager';
import { goodsReturn } from '#returns';
import { sourcingPolicy } from '#sourcing';
import { kit, stockItem, transfer } from '#stock';
import { aCause } from '#testing';
import { giftCard, voucher } from '#vouchers';
import { definitions } from './stream-types.js';

interface Golden extends Message {
  readonly version: number;
}

const folder = new URL('events/', `file://${__dirname}/`);
const files = readdirSync(folder).map((file) => ({
  file,
  golden: JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden,
}));

/** The golden event of the oldest version of a type. */
const oldest = (type: string): Golden => {
  const [first] = files
    .map(({ golden }) => golden)
    .filter((golden) => golden.type === type)
    .sort((a, b) => a.version - b.version);
  if (!first) throw new Error(`test/golden/events has no ${type}`);
  return first;
};

interface Story {
  readonly types: string;
  /** A part of the state at the end. */
  readonly state: object;
  readonly streamType: { readonly decider: unknown };
}

const aStory = (streamType: Story['streamType'], types: string, state: object): Story => ({ streamType, types, state });

/** Streams in which every event type occurs. */
const stories: readonly Story[] = [
  aStory(
    stockItem,
    `StockReceived StockCounted StockAdjusted StockMadeUnavailable StockMadeAvailable IncomingStockAnnounced
     IncomingStockChanged BackorderLimitSet StockReserved StockReservationDeclined ReservationExtended`,
    {
      onHand: 12,
      unavailableTotal: 2,
      backorderLimit: 5,
      reserved: 4,
      incoming: new Map([['PO-9', { quantity: 40, eta: '2026-02-03T08:00:00.000Z' }]]),
    },
  ),
  aStory(
    stockItem,
    `StockReceived IncomingStockAnnounced IncomingStockArrived StockReserved ReservationFirmed ReservationReduced
     ReservationConsumed StockIssued StockRestocked StockShortfallDetected`,
    { onHand: 8, unavailableTotal: 1, reserved: 0, incoming: new Map() },
  ),
  aStory(stockItem, 'StockReceived StockReserved ReservationPartlyConsumed StockIssued BackorderFilled', {
    reserved: 3,
    reservations: new Map([[expect.any(String), expect.objectContaining({ quantity: 3, backordered: 0 })]]),
  }),
  aStory(stockItem, 'StockReceived StockReserved ReservationReleased', { onHand: 10, reserved: 0 }),
  aStory(stockItem, 'StockReceived StockReserved ReservationExpired', { onHand: 10, reserved: 0 }),
  aStory(transfer, 'TransferRequested TransferConfirmed TransferShipped TransferReceived TransferClosed', {
    status: 'ended',
    lines: new Map([['TEA', { requested: 4, shipped: 4, received: 3 }]]),
  }),
  aStory(transfer, 'TransferRequested TransferCancelled', { status: 'ended' }),
  aStory(kit, 'KitDefined', {
    version: 1,
    components: [
      { sku: 'TEA', quantity: 2 },
      { sku: 'CUP', quantity: 1 },
    ],
  }),
  aStory(kit, 'KitDefined KitRetired', { version: 1, components: [] }),
  aStory(location, 'LocationRegistered LocationDetailsChanged LocationPaused', { paused: true }),
  aStory(location, 'LocationRegistered LocationPaused LocationResumed', { paused: false }),
  aStory(sourcingPolicy, 'SourcingPolicyPublished SourcingPolicyActivated SourcingPolicyDeactivated', {
    version: 1,
    newest: { shipToStore: true },
  }),
  aStory(channel, 'ChannelConfigured', { version: 1, configuration: { currency: 'GBP' } }),
  aStory(order, 'OrderPlaced FulfillmentPlanned OrderConfirmed OrderHeld OrderHoldReleased OrderLinesCancelled', {
    status: 'confirmed',
    attempts: 1,
    holds: new Set(),
    lines: new Map([
      ['1', expect.objectContaining({ ordered: 3, open: 0, allocated: 1, cancelled: 2 })],
      ['2', expect.objectContaining({ ordered: 1, open: 0, allocated: 1, cancelled: 0 })],
    ]),
  }),
  aStory(order, 'OrderPlaced FulfillmentPlanned OrderConfirmed OrderEditProposed OrderEditApplied', {
    lines: expect.objectContaining({ size: 3 }),
    edits: new Map(),
  }),
  aStory(order, 'OrderPlaced FulfillmentPlanned OrderConfirmed OrderEditProposed OrderEditDiscarded', {
    lines: expect.objectContaining({ size: 2 }),
    edits: new Map(),
  }),
  aStory(
    order,
    `OrderPlaced FulfillmentPlanned OrderConfirmed OrderReallocated OrderLinesFulfilled OrderReturnAnnounced
     OrderLinesReturned OrderReturnRefused`,
    {
      lines: new Map([
        ['1', expect.objectContaining({ open: 0, allocated: 1, fulfilled: 2, returned: 1 })],
        ['2', expect.objectContaining({ allocated: 1, returned: 0 })],
      ]),
    },
  ),
  aStory(
    order,
    'OrderPlaced FulfillmentPlanned OrderConfirmed OrderReallocated OrderLinesFulfilled OrderReturnRecorded OrderRefundRecorded',
    {
      lines: new Map([
        ['1', expect.objectContaining({ fulfilled: 2, returned: 1 })],
        ['2', expect.objectContaining({ returned: 0 })],
      ]),
      extraRefunds: 214,
    },
  ),
  aStory(order, 'OrderPlaced OrderConfirmed OrderLinesCancellationRequested OrderCancellationRefused', {
    requestedCancellations: new Map(),
    answeredCancellations: new Set(['c-1']),
  }),
  aStory(order, 'OrderPlaced OrderConfirmed OrderTendered OrderTenderDropped', { tenders: new Map() }),
  aStory(order, 'OrderPlaced OrderConfirmed OrderLinesFulfilled OrderReturnAnnounced OrderReturnWithdrawn', {
    announcedReturns: new Map(),
  }),
  aStory(order, 'OrderPlaced FulfillmentPlanned OrderRejected', { status: 'rejected' }),
  aStory(order, 'OrderRecorded', { status: 'recorded' }),
  aStory(goodsReturn, 'ReturnRecorded', { status: 'recorded' }),
  aStory(goodsReturn, 'ReturnRequested ReturnDeclined', { status: 'declined', way: 'original', needsApproval: true }),
  aStory(
    goodsReturn,
    `ReturnRequested ReturnApproved ReturnReceived ReturnItemsInspected ReturnAssessed ReturnRefundRequested
     ReturnRefundFailed ReturnExchanged ReturnCreditRequested ReturnRefunded ReturnClosed`,
    {
      status: 'closed',
      way: 'store-credit',
      fees: 0,
      pendingAssessments: 1,
      due: 735,
      refunded: 300,
      pendingRefund: 135,
      refundRequests: 2,
    },
  ),
  aStory(
    payment,
    `PaymentInitiated PaymentRequested PaymentUnknown PaymentInquiryRequested PaymentQueued PaymentAuthorized
     PaymentCaptured PaymentVoided PaymentRefunded PaymentFailed PaymentDisputed PaymentDisputeResolved`,
    { current: undefined, totals: { authorized: 5000, captured: 3000, voided: 2000, refunded: 1000 } },
  ),
  aStory(ledgerEntry, 'LedgerAdjusted', { adjusted: true }),
  aStory(
    giftCard,
    `GiftCardIssued BalanceHeld BalanceHoldDeclined HoldRedeemed HoldReleased BalanceCredited StoreCreditIssued
     BalanceAdjusted GiftCardExpired`,
    {
      balance: 900,
      held: 0,
      holds: new Map([['o-1.t-1', { orderId: 'o-1', remaining: 0, redeemed: 1000, refunded: 400 }]]),
    },
  ),
  aStory(
    voucher,
    `VoucherIssued VoucherHeld VoucherHoldDeclined VoucherRedeemed VoucherReleased VoucherRefunded VoucherExpired`,
    { amountPerUse: 1500, uses: 2, usesTaken: 0, expired: true },
  ),
  aStory(
    fulfillment,
    `FulfillmentAssigned FulfillmentHeld FulfillmentResumed FulfillmentAccepted FulfillmentRejected ItemsPicked
     ParcelPacked ParcelShipped ParcelDelivered FulfillmentLinesCancelled`,
    {
      status: 'shipped',
      held: false,
      lines: new Map([['1', expect.objectContaining({ assigned: 6, open: 0, shipped: 2, rejected: 1, cancelled: 3 })]]),
    },
  ),
  aStory(
    fulfillment,
    'FulfillmentAssigned ShipmentJoinRefused FulfillmentJoinedShipment FulfillmentLeftShipment FulfillmentJoinedShipment',
    { status: 'assigned', shipmentId: 's-0190b6d4' },
  ),
  aStory(shipment, 'ShipmentRequested ShipmentMemberJoined ShipmentMemberLost ShipmentShipped ShipmentDelivered', {
    status: 'delivered',
    members: new Map([
      ['f-1', 'joined'],
      ['f-2', 'lost'],
    ]),
  }),
  aStory(
    fulfillment,
    `FulfillmentAssigned FulfillmentAccepted FulfillmentRejected ItemsPicked ParcelPacked ParcelShipped
     FulfillmentLinesCancelled ArrivedForPickup ReadyForPickup PickupReminded HandedOver PickupExpired`,
    {
      status: 'expired',
      reminded: true,
      lines: new Map([['1', expect.objectContaining({ assigned: 6, shipped: 0, handedOver: 1, cancelled: 4 })]]),
    },
  ),
  aStory(
    cart,
    `CartCreated CartLineAdded CartLineQuantitySet CartHandedOver CartCustomerAttached CartReservationRequested
     CartStockAsked CartStockReserved CartStockReduced CartReservationsExtended CartLinesMerged CartCheckedOut
     CartOrdered`,
    {
      status: 'checked-out',
      customerId: 'customer-1',
      expiresAt: '2026-01-31T13:00:00.000Z',
      checkout: { orderId: 'order-1' },
      lineLocations: new Map([
        ['1', 'warehouse'],
        ['2', 'leeds'],
      ]),
    },
  ),
  aStory(
    cart,
    `CartCreated CartLineAdded CartReservationRequested CartStockAsked CartStockNotReserved CartStockAsked
     CartStockReserved CartReservationEnded CartStockAsked CartStockReserved CartReservationsReleased CartLineRemoved
     CartCheckedOut CartReopened`,
    { status: 'open', lines: new Map(), lineLocations: new Map(), expiresAt: '', checkout: undefined },
  ),
  aStory(cart, 'CartCreated CartClosed', { status: 'closed', mergedInto: 'cart-2' }),
  aStory(
    appointment,
    `AppointmentBooked AppointmentGoodsReserved AppointmentGoodsMissing AppointmentIncomplete AppointmentRescheduled
     AppointmentGoodsLost AppointmentConfirmed`,
    { status: 'open', locationId: 'leeds', requestCount: 3, holdUntil: '2026-02-02T11:30:00.000Z' },
  ),
  aStory(appointment, 'AppointmentBooked AppointmentCancelled', { status: 'ended' }),
  aStory(appointment, 'AppointmentBooked AppointmentCompleted', { status: 'ended' }),
  aStory(processRefusals, 'ProcessCommandRefused', {}),
  aStory(appointment, 'AppointmentBooked AppointmentMissed', { status: 'ended' }),
  aStory(reorderButton, 'ReorderButtonConfigured ReorderButtonPressed ReorderPressIgnored ReorderFailed', {
    maxPerDay: 3,
    orders: 1,
    presses: new Set(['press-1', 'press-2']),
  }),
  aStory(customer, 'CustomerRegistered CustomerUpdated IdentityLinked', {
    registered: true,
    identities: expect.any(Map),
  }),
];

const fold = ({ streamType, types }: Story, known: (type: string) => Golden) => {
  const { initialState, evolve } = streamType.decider as Decider<unknown, Message, Message>;
  return types.split(/\s+/).reduce((state, type) => {
    const { version, data } = known(type);
    return evolve(state, upcast(definitions, { type, data }, version), aCause());
  }, initialState());
};

/** The values at a dotted path, in every item where a list is on the way. */
const valuesAt = (data: unknown, path: string): unknown[] =>
  path
    .split('.')
    .reduce<unknown[]>(
      (nodes, name) => nodes.flatMap((node) => (node as Record<string, unknown> | undefined)?.[name] ?? []),
      [data],
    );

const SEALED_IN_VERSION_1 = {
  k: expect.any(String),
  v: 1,
  iv: expect.any(String),
  ct: expect.any(String),
  tag: expect.any(String),
};
const SEALED = { ...SEALED_IN_VERSION_1, v: 2, c: expect.any(String) };

describe('the golden events', () => {
  it.each(files)('$file leads to the same state as before', ({ file, golden }) => {
    expect(file).toBe(`${golden.type}.v${golden.version}.json`);
    const ownStories = stories.filter(({ types }) => types.split(/\s+/).includes(golden.type));
    if (ownStories.length === 0) throw new Error(`No story names ${golden.type}: add one to events.spec.ts`);
    for (const story of ownStories) {
      expect(fold(story, (type) => (type === golden.type ? golden : oldest(type)))).toMatchObject(story.state);
    }
  });

  it.each(Object.entries(definitions))('%s has a file for its current version', (type, { version }: EventDefinition) =>
    expect(files.map(({ file }) => file)).toContain(`${type}.v${version}.json`),
  );

  it.each(files)('$file has personal data only in sealed form', ({ golden }) => {
    const { sealedSince = {}, ...definition } = definitions[golden.type] ?? {};
    for (const path of personalPaths(definition).filter((one) => golden.version >= (sealedSince[one] ?? 1))) {
      for (const value of valuesAt(golden.data, path)) expect([SEALED, SEALED_IN_VERSION_1]).toContainEqual(value);
    }
  });
});
