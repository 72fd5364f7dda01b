import { describe, expect, it } from '@jest/globals';
import { type Message } from '#kernel';
import { aRecorded } from '#testing';
import { TransfersAddUp } from './transfers-add-up.js';

const AFTER_THE_GRACE_PERIOD = Date.parse('2099-01-01T00:00:00.000Z');
const tea = (quantity: number) => [{ sku: 'TEA', quantity }];
const ref = 'transfer:t-1';

type StreamEvent = readonly [stream: string, event: Message];
const transferEvent = (type: string, data: object): StreamEvent => ['transfer-t-1', { type, data }];
const requested = transferEvent('TransferRequested', { from: 'north', to: 'south', lines: tea(4) });
const shipped = (quantity: number) => transferEvent('TransferShipped', { lines: tea(quantity), eta: 'x' });
const received = (quantity: number) => transferEvent('TransferReceived', { lines: tea(quantity) });
const closed = (missing: number) =>
  transferEvent('TransferClosed', { missing: missing ? tea(missing) : [], unshipped: [] });
const issued = (quantity: number, locationId = 'north', cause = 'transfer'): StreamEvent => [
  `stock-TEA~${locationId}`,
  { type: 'StockIssued', data: { quantity, cause, ref } },
];
const stockReceived = (quantity: number, locationId = 'south', reference = ref): StreamEvent => [
  `stock-TEA~${locationId}`,
  { type: 'StockReceived', data: { quantity, ref: reference } },
];

const violationsOf = (events: readonly StreamEvent[], now = AFTER_THE_GRACE_PERIOD) => {
  const checker = new TransfersAddUp();
  events.forEach(([stream, event], revision) =>
    checker.check(aRecorded(stream, event, { revision, recordedAt: 1000 })),
  );
  checker.finish(now);
  return checker.violations.map(({ sentence }) => sentence);
};

const complete = [requested, shipped(3), issued(3), received(2), stockReceived(2), closed(1)];

describe('a transfer', () => {
  it('adds up when all goods that left have arrived or are missing', () => {
    expect(violationsOf(complete)).toEqual([]);
    expect(violationsOf([requested, shipped(3), issued(3)])).toEqual([]);
  });

  it('ignores goods that move for another reason', () =>
    expect(
      violationsOf([
        ...complete,
        stockReceived(9, 'south', 'DN-1'),
        stockReceived(9, 'south', 'transfer:t-2'),
        issued(1, 'north', 'loss'),
      ]),
    ).toEqual([]));

  it('may be ahead of stock during the grace period, but not after it', () => {
    expect(violationsOf([requested, shipped(3)], 2000)).toEqual([]);
    expect(violationsOf([requested, shipped(3)])).toEqual([
      '3 × TEA were shipped, but 0 were issued from stock at north',
    ]);
  });

  it.each<[string, string, readonly StreamEvent[]]>([
    [
      'more is received than was shipped',
      '-1 × TEA are in transit',
      [requested, shipped(1), issued(1), received(2), stockReceived(2)],
    ],
    [
      'more is shipped than was requested',
      '5 × TEA were shipped, but 4 were requested',
      [requested, shipped(5), issued(5)],
    ],
    [
      'it is closed with goods in transit',
      'The transfer is closed, but 1 × TEA are still in transit',
      [...complete.slice(0, -1), closed(0)],
    ],
    [
      'stock issues too little',
      '3 × TEA were shipped, but 2 were issued from stock at north',
      complete.with(2, issued(2)),
    ],
    [
      'stock issues goods twice',
      'Stock booked 6 × TEA as issued, but the transfer shipped 3',
      complete.toSpliced(3, 0, issued(3)),
    ],
    [
      'stock receives too little',
      '2 × TEA were received, but 1 were put into stock at south',
      complete.with(4, stockReceived(1)),
    ],
    [
      'stock receives goods twice',
      'Stock booked 4 × TEA as arrived, but the transfer received 2',
      complete.toSpliced(5, 0, stockReceived(2)),
    ],
    [
      'goods are received elsewhere',
      'The transfer concerns location south, not west',
      complete.with(4, stockReceived(2, 'west')),
    ],
    [
      'goods are issued elsewhere',
      'The transfer concerns location north, not south',
      complete.with(2, issued(3, 'south')),
    ],
    ['it was never requested', 'The transfer was never requested, but there is a TransferShipped', [shipped(1)]],
  ])('does not add up when %s', (_, sentence, events) => expect(violationsOf(events)).toContain(sentence));
});
