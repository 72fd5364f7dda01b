import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { type ChannelTerms, type OrderCommand, type OrderEvent, type Tender } from './order-messages.js';
import { order } from './order.js';
import { emptyPlan } from './samples.js';

const given = specification(order.decider);

const terms: ChannelTerms = {
  ...{ version: 1, currency: 'GBP', reservationTtlSeconds: 600 },
  locations: [{ locationId: 'london', methods: ['ship'], paused: false, safetyStock: 0 }],
};
const charges = [{ chargeId: 'f', kind: 'fee', quantity: 1, unitPrice: { amount: 1000, scale: 2 } }] as const;
const by = (tenderId: string, instrumentId: string, kind: Tender['kind'] = 'voucher'): Tender => ({
  ...{ tenderId, kind, amount: 500, instrumentId },
});

const place = (...tenders: Tender[]): OrderCommand => ({
  type: 'PlaceOrder',
  data: { orderId: 'o', lines: [], charges, terms, plan: emptyPlan(), tenders, payLater: true },
});
const placed = (...tenders: Tender[]): OrderEvent => ({
  type: 'OrderPlaced',
  data: {
    ...{ lines: [], charges, currency: 'GBP', expiresAt: '2026-01-01T12:10:00.000Z', total: 1000, payLater: true },
    tenders,
  },
});
const confirmed: OrderEvent = { type: 'OrderConfirmed', data: { allocations: [] } };
const pay = (...tenders: Tender[]): OrderCommand => ({ type: 'PayOrder', data: { orderId: 'o', tenders } });
const dropped: OrderEvent = { type: 'OrderTenderDropped', data: { tenderId: 'a', reason: 'used-up' } };

describe('a voucher pays an order once', () => {
  it('when it is placed', () =>
    given()
      .when(place(by('a', 'v-1'), by('b', 'v-1')))
      .thenFails('voucher-repeated'));

  it('when it is paid later', () => {
    given(placed(by('a', 'v-1')), confirmed)
      .when(pay(by('b', 'v-1')))
      .thenFails('voucher-repeated');
    given(placed(), confirmed)
      .when(pay(by('a', 'v-1'), by('b', 'v-1')))
      .thenFails('voucher-repeated');
  });

  it('also after other tenders', () =>
    given(placed(), confirmed, { type: 'OrderTendered', data: { tenders: [by('a', 'v-1')] } })
      .when(pay(by('b', 'v-1')))
      .thenFails('voucher-repeated'));

  it('and again where its first tender paid nothing', () =>
    given(placed(by('a', 'v-1')), confirmed, dropped)
      .when(pay(by('b', 'v-1')))
      .then({ type: 'OrderTendered', data: { tenders: [by('b', 'v-1')] } }));

  it('as does another voucher on the same order', () =>
    given(placed(by('a', 'v-1')), confirmed)
      .when(pay(by('b', 'v-2')))
      .then({ type: 'OrderTendered', data: { tenders: [by('b', 'v-2')] } }));
});

it('a gift card pays an order in as many tenders as its balance allows', () =>
  given(placed(by('a', 'g', 'gift-card')), confirmed)
    .when(pay(by('b', 'g', 'gift-card')))
    .then({ type: 'OrderTendered', data: { tenders: [by('b', 'g', 'gift-card')] } }));
