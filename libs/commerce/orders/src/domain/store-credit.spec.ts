import { describe, it } from '@jest/globals';
import { storeCreditIdOf } from '#kernel';
import { specification } from '#testing';
import { type ChannelTerms, type OrderCommand, type OrderEvent, type Tender } from './order-messages.js';
import { order } from './order.js';
import { emptyPlan } from './samples.js';

const given = specification(order.decider);

const terms: ChannelTerms = {
  ...{ version: 1, currency: 'GBP', reservationTtlSeconds: 600 },
  locations: [{ locationId: 'london', methods: ['ship'], paused: false, safetyStock: 0 }],
};
const fee = { chargeId: 'f', kind: 'fee', quantity: 1, unitPrice: { amount: 500, scale: 2 } } as const;
const credit: Tender = { tenderId: 't', kind: 'store-credit', amount: 500 };
const account = { ...credit, instrumentId: storeCreditIdOf('c-1', 'GBP') };

const place = (tenders: readonly Tender[], more: object = {}): OrderCommand => ({
  type: 'PlaceOrder',
  data: { ...{ orderId: 'o', lines: [], charges: [fee], terms, plan: emptyPlan(), tenders }, ...more },
});
const details = { lines: [], charges: [fee], currency: 'GBP', expiresAt: '2026-01-01T12:10:00.000Z', total: 500 };
const placed = (more: object): OrderEvent => ({ type: 'OrderPlaced', data: { ...details, ...more } });
const confirmed: OrderEvent = { type: 'OrderConfirmed', data: { allocations: [] } };

describe('an order paid by store credit', () => {
  it('uses the account of its customer in its currency', () => {
    const later = placed({ customerId: 'c-1', payLater: true });
    given(later, confirmed)
      .when({ type: 'PayOrder', data: { orderId: 'o', tenders: [credit] } })
      .then({ type: 'OrderTendered', data: { tenders: [account] } });
  });

  it('must name its customer', () => {
    given()
      .when(place([credit]))
      .thenFails('customer-required');
    given(placed({ payLater: true }), confirmed)
      .when({ type: 'PayOrder', data: { orderId: 'o', tenders: [credit] } })
      .thenFails('customer-required');
  });
});

it('an order paid by a gift card must say its code', () =>
  given()
    .when(place([{ ...credit, kind: 'gift-card' }]))
    .thenFails('code-required'));
