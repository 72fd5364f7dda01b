import { totalOf } from '#kernel';
/** Orders, commands and events for tests. */
import {
  type Allocation,
  type Charge,
  type ChannelTerms,
  type FulfillmentPlan,
  type OfferedLocation,
  type OrderCommand,
  type OrderDetails,
  type OrderEvent,
  type OrderLine,
} from './order-messages.js';

export const aLine = (lineId: string, overrides: Partial<OrderLine> = {}): OrderLine => ({
  lineId,
  sku: 'TEA',
  quantity: 1,
  unitPrice: { amount: 1000, scale: 2 },
  method: 'ship',
  ...overrides,
});

export const aCharge = (chargeId: string, amount: number): Charge => ({
  chargeId,
  kind: 'shipping',
  quantity: 1,
  unitPrice: { amount, scale: 2 },
});

export const details = (...lines: OrderLine[]): OrderDetails => ({ currency: 'GBP', lines, charges: [] });

/** A plan without allocations. */
export const emptyPlan = (attempt = 1): FulfillmentPlan => ({
  attempt,
  allocations: [],
  candidates: [],
  policyVersion: 3,
});

export const place = (
  order: Omit<OrderDetails, 'currency'> & { currency?: string },
  over: Partial<ChannelTerms> = {},
  plan = emptyPlan(),
) =>
  ({
    type: 'PlaceOrder',
    data: { orderId: 'o-1', terms: terms(over), plan, ...order },
  }) satisfies OrderCommand;

export const shop = (locationId: string, overrides: Partial<OfferedLocation> = {}): OfferedLocation => ({
  locationId,
  methods: ['ship', 'pickup'],
  paused: false,
  safetyStock: 0,
  ...overrides,
});

export const terms = (overrides: Partial<ChannelTerms> = {}): ChannelTerms => ({
  version: 3,
  currency: 'GBP',
  reservationTtlSeconds: 600,
  locations: [shop('london'), shop('leeds')],
  ...overrides,
});

export const allocation = (
  reservationId: string,
  lines: Readonly<Record<string, number>>,
  at: Partial<Allocation> = {},
): Allocation => ({
  reservationId,
  sku: 'TEA',
  locationId: 'london',
  quantity: Object.values(lines).reduce((all, quantity) => all + quantity, 0),
  lines: Object.entries(lines).map(([lineId, quantity]) => ({ lineId, quantity })),
  ...at,
});

const sumOf = ({ lines, charges, currency }: OrderDetails) => totalOf([...lines, ...charges], currency);

export const placed = (order: OrderDetails, total = sumOf(order)): OrderEvent => ({
  type: 'OrderPlaced',
  data: { ...order, expiresAt: '2026-01-01T12:10:00.000Z', total },
});

export const confirmed = (...allocations: Allocation[]): OrderEvent => ({
  type: 'OrderConfirmed',
  data: { allocations },
});

export const rejected = (code = 'sold-out'): OrderEvent => ({ type: 'OrderRejected', data: { reasons: [{ code }] } });

export const recorded = (order: OrderDetails): OrderEvent => ({
  type: 'OrderRecorded',
  data: { ...order, total: sumOf(order) },
});
