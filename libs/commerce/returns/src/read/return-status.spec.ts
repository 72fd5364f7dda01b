import { describe, expect, it } from '@jest/globals';
import { aRecorded } from '#testing';
import { type ReturnEvent } from '../domain/return-state.js';
import {
  approved,
  assessed,
  requestedBlind,
  closed,
  inspected,
  received,
  refundRequested,
  refunded,
  requested,
  tea,
  unitsOf,
} from '../domain/samples.js';
import { returnStatus, type ReturnStatus } from './return-status.projection.js';
import { ordersOfReturn, returnText } from './return-text.js';

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
  it('starts with the request and its channel', () =>
    expect(status(requested())).toMatchObject({
      ...{ returnId: 'b-1', channel: 'till', state: 'requested', orderId: 'o-1', customerId: 'c-1', buyerId: 'c-1' },
      ...{ refundTo: 'original', reason: 'too-small', requested: [tea], lines: [], units: 0, total: 0, blind: false },
    }));

  it('shows where the goods are, and their condition', () =>
    expect(status(requested(), approved(), received(2, 'york'), inspected(1))).toMatchObject({
      ...{ state: 'approved', locationId: 'york', units: 1 },
      receipts: [{ locationId: 'york', lines: [unitsOf(tea)] }],
      lines: [{ lineId: '1', quantity: 1, locationId: 'leeds', disposition: 'restock', original: { orderId: 'o-1' } }],
    }));

  it('always has a total of lines less credits', () => {
    const worth = assessed(1500, { worth: 1800, fees: 300 });
    const row = status(requested(), approved(), inspected(2), worth, refundRequested(1500), refunded(1500), closed);
    expect(row).toMatchObject({ state: 'closed', worth: 1800, fees: 300, total: 1500, refunded: 1500 });
    expect(row?.credits).toMatchObject([
      { chargeId: 'share', unitPrice: { amount: 200, scale: 2 } },
      { chargeId: 'fees', kind: 'fee', unitPrice: { amount: 300, scale: 2 } },
    ]);
    expect(valueOf(row?.lines) - valueOf(row?.credits)).toBe(1500);
  });

  it('of a claim has a refund and no goods', () => {
    const row = status(requested(), approved({ accepted: [{ lineId: '1', quantity: 2 }] }), assessed(2000));
    expect(row).toMatchObject({ lines: [], units: 0, total: 2000 });
    expect(valueOf(row?.credits)).toBe(-2000);
  });

  it('has no refund if the money is settled outside of Kontor', () => {
    const row = status(requested(), approved(), inspected(2), assessed(0, { worth: 2000, way: 'none' }));
    expect(row).toMatchObject({ total: 0, worth: 2000 });
    expect(valueOf(row?.lines) - valueOf(row?.credits)).toBe(0);
  });

  it('does not count missing units, nor those of a declined return', () => {
    const items = [{ ...unitsOf(tea), disposition: 'missing' }] as const;
    expect(status(requested(), approved(), inspected(2, { items, accepted: [] }))).toMatchObject({ units: 0 });
    const no = { type: 'ReturnDeclined', data: { reason: 'too-late' } } as const;
    expect(status(requested(), no, received(1), inspected(1, { accepted: [] }))).toMatchObject({
      ...{ state: 'declined', units: 0, inspections: [{ locationId: 'leeds' }] },
    });
  });

  it('shows the last failure until the refund is requested again', () => {
    const failed = { type: 'ReturnRefundFailed', data: { code: 'card-expired' } } as const;
    expect(status(requested(), failed)).toMatchObject({ failure: 'card-expired' });
    expect(status(requested(), failed, refundRequested(5, 2))).toMatchObject({ failure: null });
  });

  it('is blind without an order', () => expect(status(requestedBlind())).toMatchObject({ blind: true, orderId: null }));
  it('is open again if goods arrive late', () =>
    expect(status(requested(), approved(), closed, received(1))).toMatchObject({ state: 'approved' }));
});

describe('the texts of the events', () => {
  it('describe what happens to the goods of an order', () => {
    const story = [requested(), received(1), inspected(1), assessed(700), refundRequested(700), refunded(700), closed];
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
    expect(story.map(ordersOfReturn)).toEqual(story.map(() => ['o-1']));
    expect(ordersOfReturn(requestedBlind())).toEqual([]);
  });
});
