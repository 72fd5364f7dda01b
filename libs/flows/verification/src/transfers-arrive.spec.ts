import { describe, expect, it } from '@jest/globals';
import { type Message } from '#kernel';
import { aRecorded } from '#testing';
import { TransfersArrive } from './transfers-arrive.js';

const LATER = Date.parse('2099-01-01T00:00:00.000Z');
const tea = (quantity: number) => [{ sku: 'TEA', quantity }];
const ref = 'transfer:t-1';

type Told = readonly [stream: string, event: Message];
const said = (type: string, data: object): Told => ['transfer-t-1', { type, data }];
const requested = said('TransferRequested', { from: 'north', to: 'south', lines: tea(4) });
const shipped = (quantity: number) => said('TransferShipped', { lines: tea(quantity), eta: 'x' });
const received = (quantity: number) => said('TransferReceived', { lines: tea(quantity) });
const closed = (missing: number) => said('TransferClosed', { missing: missing ? tea(missing) : [], unshipped: [] });
const left = (quantity: number, place = 'north', cause = 'transfer'): Told => [
  `stock-TEA~${place}`,
  { type: 'StockIssued', data: { quantity, cause, ref } },
];
const came = (quantity: number, place = 'south', of = ref): Told => [
  `stock-TEA~${place}`,
  { type: 'StockReceived', data: { quantity, ref: of } },
];

const found = (told: readonly Told[], now = LATER) => {
  const checker = new TransfersArrive();
  told.forEach(([stream, event], revision) => checker.see(aRecorded(stream, event, { revision, recordedAt: 1000 })));
  checker.end(now);
  return checker.violations.map(({ sentence }) => sentence);
};

const right = [requested, shipped(3), left(3), received(2), came(2), closed(1)];

describe('a transfer', () => {
  it('is right when what left has arrived or is missing', () => {
    expect(found(right)).toEqual([]);
    expect(found([requested, shipped(3), left(3)])).toEqual([]);
  });

  it('leaves alone what is none of it', () =>
    expect(
      found([...right, came(9, 'south', 'DN-1'), came(9, 'south', 'transfer:t-2'), left(1, 'north', 'loss')]),
    ).toEqual([]));

  it('may be ahead of stock, but not for long', () => {
    expect(found([requested, shipped(3)], 2000)).toEqual([]);
    expect(found([requested, shipped(3)])).toEqual(['3 × TEA were shipped, but 0 have left north']);
  });

  it.each<[string, string, readonly Told[]]>([
    ['more arrives than left', '-1 × TEA are in transit', [requested, shipped(1), left(1), received(2), came(2)]],
    ['more leaves than was asked for', '5 × TEA were shipped, but 4 asked for', [requested, shipped(5), left(5)]],
    [
      'it is closed with goods in transit',
      'It is closed, but 1 × TEA are in transit',
      [...right.slice(0, -1), closed(0)],
    ],
    ['goods never leave', '3 × TEA were shipped, but 2 have left north', right.with(2, left(2))],
    ['goods leave twice', '6 × TEA are issued, but 3 were shipped', right.toSpliced(3, 0, left(3))],
    ['goods never come', '2 × TEA were received, but 1 came to south', right.with(4, came(1))],
    ['goods come twice', '4 × TEA are arrived, but 2 were received', right.toSpliced(5, 0, came(2))],
    ['goods come elsewhere', 'The transfer is of south, not of west', right.with(4, came(2, 'west'))],
    ['goods leave elsewhere', 'The transfer is of north, not of south', right.with(2, left(3, 'south'))],
  ])('is wrong when %s', (_, sentence, told) => expect(found(told)).toContain(sentence));
});
