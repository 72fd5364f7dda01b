import { describe, expect, it } from '@jest/globals';
import { aRecorded } from '#testing';
import { type ReturnEvent } from '../domain/return-state.js';
import {
  approved,
  assessed,
  blindly,
  closed,
  inspected,
  received,
  refundAsked,
  refunded,
  requested,
  tea,
  unitsOf,
} from '../domain/samples.js';
import { returnStatus, type ReturnStatus } from './return-status.projection.js';
import { ordersOf, returnText } from './return-text.js';

const status = (...events: ReturnEvent[]) => {
  let row: ReturnStatus | undefined;
  for (const [revision, event] of events.entries()) {
    const recorded = aRecorded('return-b-1', event, { revision, cause: { channel: 'till' } });
    row = returnStatus.project(row, recorded, { returnId: 'b-1' });
  }
  return row;
};

const valueOf = (items: readonly { quantity: number; unitPrice: { amount: number } }[] = []) =>
  items.reduce((all, { quantity, unitPrice }) => all + quantity * unitPrice.amount, 0);

describe('the row of a return', () => {
  it('begins with what was asked for, at the channel that was asked', () =>
    expect(status(requested())).toMatchObject({
      ...{ returnId: 'b-1', channel: 'till', state: 'requested', orderId: 'o-1', customerId: 'c-1', buyerId: 'c-1' },
      ...{ refundTo: 'original', reason: 'too-small', requested: [tea], lines: [], units: 0, total: 0, blind: false },
    }));

  it('says where the goods are, and in which state', () =>
    expect(status(requested(), approved(), received(2, 'york'), inspected(1))).toMatchObject({
      ...{ state: 'approved', locationId: 'york', units: 1 },
      receipts: [{ locationId: 'york', lines: [unitsOf(tea)] }],
      lines: [{ lineId: '1', quantity: 1, locationId: 'leeds', disposition: 'restock', original: { orderId: 'o-1' } }],
    }));

  it('always has a total of lines less credits', () => {
    const worth = assessed(1500, { worth: 1800, fees: 300 });
    const row = status(requested(), approved(), inspected(2), worth, refundAsked(1500), refunded(1500), closed);
    expect(row).toMatchObject({ state: 'closed', worth: 1800, fees: 300, total: 1500, refunded: 1500 });
    expect(row?.credits).toMatchObject([
      { chargeId: 'share', unitPrice: { amount: 200, scale: 2 } },
      { chargeId: 'fees', kind: 'fee', unitPrice: { amount: 300, scale: 2 } },
    ]);
    expect(valueOf(row?.lines) - valueOf(row?.credits)).toBe(1500);
  });

  it('of a claim has money and no goods', () => {
    const row = status(requested(), approved({ accepted: [{ lineId: '1', quantity: 2 }] }), assessed(2000));
    expect(row).toMatchObject({ lines: [], units: 0, total: 2000 });
    expect(valueOf(row?.credits)).toBe(-2000);
  });

  it('whose money is settled otherwise gives none', () => {
    const row = status(requested(), approved(), inspected(2), assessed(0, { worth: 2000, way: 'none' }));
    expect(row).toMatchObject({ total: 0, worth: 2000 });
    expect(valueOf(row?.lines) - valueOf(row?.credits)).toBe(0);
  });

  it('counts nothing that is missing, and nothing of a return that was declined', () => {
    const items = [{ ...unitsOf(tea), disposition: 'missing' }] as const;
    expect(status(requested(), approved(), inspected(2, { items, accepted: [] }))).toMatchObject({ units: 0 });
    const no = { type: 'ReturnDeclined', data: { reason: 'too-late' } } as const;
    expect(status(requested(), no, received(1), inspected(1, { accepted: [] }))).toMatchObject({
      ...{ state: 'declined', units: 0, inspections: [{ locationId: 'leeds' }] },
    });
  });

  it('names the last failure until the money is asked for again', () => {
    const failed = { type: 'ReturnRefundFailed', data: { code: 'card-expired' } } as const;
    expect(status(requested(), failed)).toMatchObject({ failure: 'card-expired' });
    expect(status(requested(), failed, refundAsked(5, 2))).toMatchObject({ failure: null });
  });

  it('is blind without an order', () => expect(status(blindly())).toMatchObject({ blind: true, orderId: null }));
  it('is open again when goods come late', () =>
    expect(status(requested(), approved(), closed, received(1))).toMatchObject({ state: 'approved' }));
});

describe('the words', () => {
  it('tell the order what happens to its goods', () => {
    const story = [requested(), received(1), inspected(1), assessed(700), refundAsked(700), refunded(700), closed];
    expect(story.map((event) => returnText(event, 'o-1'))).toEqual([
      'Return requested, too-small: 2 × TEA',
      'Return received at leeds: 1 × TEA',
      'Return inspected at leeds: 1 × TEA restock',
      'Return worth 700, less fees of 0 (minor units)',
      '7.00 GBP to be given back',
      '700 minor units given back: payments',
      'Return closed',
    ]);
    expect(returnText(assessed(200, { worth: 700, unpaid: 500 }), 'o-1')).toBe(
      'Return worth 700, 500 of it never paid, less fees of 0 (minor units)',
    );
    expect(story.map(ordersOf)).toEqual(story.map(() => ['o-1']));
    expect(ordersOf(blindly())).toEqual([]);
  });
});
