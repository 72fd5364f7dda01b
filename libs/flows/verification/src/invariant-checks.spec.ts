import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Recorded, asPosition } from '#event-store';
import { type Cause, type Message } from '#kernel';
import { type InvariantChecks } from './invariant-checks.js';
import {
  tradingDay,
  allocation,
  checkDay,
  followedBy,
  linesReturned as returned,
  owner,
  refundedByPayment as refunded,
  takenBackElsewhere as takenBack,
  TEA_IN_LONDON,
  unitPrice,
} from './trading-day.fixture.js';

let day: readonly Recorded[];

beforeAll(async () => {
  ({ events: day } = await tradingDay());
});

const violationsIn = (checks: InvariantChecks) =>
  checks.checkers.flatMap(({ invariant, violations }) =>
    violations.map((violation) => ({ invariant: invariant.id, ...violation })),
  );

const violationsOf = (events: readonly Recorded[]) => violationsIn(checkDay(events));

/** The day with changed events of one type. */
const withChanged = (type: string, change: (recorded: Recorded) => Partial<Recorded>) =>
  day.map((recorded) => (recorded.event.type === type ? { ...recorded, ...change(recorded) } : recorded));

const withData = (type: string, data: object) =>
  withChanged(type, ({ event }) => ({ event: { type, data: { ...event.data, ...data } } }));

const withCause = (type: string, cause: Partial<Cause>) =>
  withChanged(type, ({ envelope }) => ({ envelope: { ...envelope, ...cause } }));

/** The day followed by more events of one stream. */
const dayFollowedBy = (stream: string, ...events: readonly Message[]) => followedBy(day, stream, events);

/** The day without the events of one type, with revisions that leave no gap. */
const withoutEvents = (type: string) => {
  const next = new Map<string, number>();
  return day
    .filter(({ event }) => event.type !== type)
    .map((recorded) => {
      const revision = next.get(recorded.stream) ?? 0;
      next.set(recorded.stream, revision + 1);
      return { ...recorded, revision };
    });
};

/** Without data, as another application may have written the event. */
const withoutData = ({ event: { type } }: Recorded) => ({ event: { type, data: null as unknown as object } });

const commandIdOf = (type: string) => day.find(({ event }) => event.type === type)?.envelope.commandId ?? '';

describe('the invariants of an ordinary trading day', () => {
  it('hold', () => {
    expect(violationsOf(day)).toEqual([]);
  });

  it('are all checked, as far as the day has something to check', () => {
    const checks = checkDay(day);
    const ids = checks.checkers.filter(({ checked }) => checked > 0).map(({ invariant }) => invariant.id);
    expect(ids).toEqual(['I21', 'I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I22', 'I10', 'I14', 'I15', 'I18']);
  });

  it('flag a return that names no sale, which is no violation', () => {
    const data = {
      currency: 'GBP',
      lines: [{ lineId: '1', quantity: 1, unitPrice, original: undefined }],
      credits: [],
    };
    const checks = checkDay(dayFollowedBy('return-b-2', { type: 'ReturnRecorded', data: { ...data, total: 1999 } }));
    expect(violationsIn(checks)).toEqual([]);
    expect(checks.checkers.find(({ invariant }) => invariant.id === 'I7')?.flagged).toBe(1);
  });
});

const reserved = (data: object): Message => ({
  type: 'StockReserved',
  data: { reservationId: 'r-2', quantity: 1, kind: 'hard', owner: { type: 'order', id: 'o-9' }, ...data },
});
const released = (reservationId: string): Message => ({
  type: 'ReservationReleased',
  data: { reservationId, quantity: 3, kind: 'hard', owner, reason: 'again' },
});
const recorded = (order: object): Message => ({
  type: 'OrderRecorded',
  data: { currency: 'GBP', lines: [], charges: [], total: 0, ...order },
});

const assessed = (amount: number, more: object = {}): Message => ({
  type: 'ReturnAssessed',
  data: { worth: 0, fees: 0, amount, way: 'cash', ...more },
});

describe('a violation in the log is found and named', () => {
  it.each<[string, string, RegExp, () => readonly Recorded[]]>([
    [
      'an oversold reservation',
      'I1',
      /^11 units are reserved, but/,
      () => dayFollowedBy(TEA_IN_LONDON, reserved({ quantity: 11 })),
    ],
    [
      'a reservation released twice',
      'I2',
      /r-1 has ended already/,
      () => dayFollowedBy(TEA_IN_LONDON, released('r-1')),
    ],
    [
      'a release of what was never reserved',
      'I2',
      /r-7 was never made/,
      () => dayFollowedBy(TEA_IN_LONDON, released('r-7')),
    ],
    [
      'a reservation of nothing',
      'I2',
      /reserves nothing/,
      () => dayFollowedBy(TEA_IN_LONDON, reserved({ quantity: 0 })),
    ],
    [
      'a reservation made twice',
      'I2',
      /starts a second time/,
      () => dayFollowedBy(TEA_IN_LONDON, reserved({ reservationId: 'r-1' })),
    ],
    [
      'a release of other units than were held',
      'I2',
      /holds 3 units/,
      () => withData('ReservationReleased', { quantity: 2 }),
    ],
    [
      'events of one command in a second stream',
      'I3',
      /has already recorded events in stock-TEA~london/,
      () =>
        followedBy(day, 'stock-TEA~leeds', [{ type: 'StockReceived', data: { quantity: 10, ref: 'DN-1' } }], {
          commandId: commandIdOf('StockReceived'),
        }),
    ],
    [
      'an event whose id is not derived from its command',
      'I3',
      /id is not that of event 0/,
      () => withChanged('ReservationReleased', () => ({ id: '00000000-0000-4000-8000-000000000000' })),
    ],
    [
      'a command id that is not a UUID',
      'I3',
      /is not a UUID/,
      () => withCause('ReservationReleased', { commandId: 'again' }),
    ],
    [
      'goods issued the wrong way',
      'I4',
      /StockIssued of -1 units/,
      () =>
        dayFollowedBy(TEA_IN_LONDON, { type: 'StockIssued', data: { quantity: -1, cause: 'store-sale', ref: 'x' } }),
    ],
    ['a wrong total', 'I5', /total is 6000, but it adds up to 5997/, () => withData('OrderRecorded', { total: 6000 })],
    ['a wrong total of a return', 'I5', /total is 1, but/, () => withData('ReturnRecorded', { total: 1 })],
    [
      'a refund of more than was cancelled',
      'I5',
      /amount of all units is 9999|minor units/,
      () => withData('OrderLinesCancelled', { refund: 9999 }),
    ],
    [
      'an order that is placed twice',
      'I21',
      /is only valid as the first event of a stream/,
      () => dayFollowedBy('order-o-2', recorded({})),
    ],
    [
      'a confirmed line that was never ordered',
      'I6',
      /no line 7/,
      () =>
        withData('OrderConfirmed', {
          allocations: [allocation, { ...allocation, reservationId: 'r-3', lines: [{ lineId: '7', quantity: 1 }] }],
        }),
    ],
    [
      'more cancelled than was ordered',
      'I6',
      /^4 units of line 1 become cancelled, but only 3 are open/,
      () => withData('OrderLinesCancelled', { lines: [{ lineId: '1', quantity: 4 }] }),
    ],
    [
      'an order that was never placed',
      'I6',
      /never placed or recorded/,
      () => dayFollowedBy('order-o-9', { type: 'OrderHeld', data: { holdId: 'h', reason: 'x' } }),
    ],
    [
      'a return that is promised more than is left after a return at a till',
      'I5',
      /^4000 minor units are refunded, but 3998 were left of the order/,
      () => dayFollowedBy('order-o-2', takenBack({ paidBack: 1999 }), returned(1, 4000)),
    ],
    [
      'money beyond the order that is not named',
      'I5',
      /amount beyond the order is 0, but it adds up to 1003/,
      () =>
        dayFollowedBy('order-o-2', {
          type: 'OrderRefundRecorded',
          data: { reference: 'p/x', by: 'payment', amount: 7000 },
        }),
    ],
    [
      'units at a till that the buyer did not have any more',
      'I7',
      /1 units of line 1 were returned that the buyer did not have/,
      () => dayFollowedBy('order-o-2', takenBack({ lines: [{ lineId: '1', quantity: 4 }] })),
    ],
    [
      'more given back by Kontor than the order came to',
      'I22',
      /^Kontor gave 9000 minor units of order o-2 back, which came to 5997/,
      () => dayFollowedBy('payment-p', refunded('settle/0', 9000)),
    ],
    [
      'more returned than the buyer has',
      'I7',
      /1 units of line 1 were returned that the buyer did not have/,
      () => dayFollowedBy('order-o-2', returned(4)),
    ],
    [
      'a refund for goods that were never paid',
      'I5',
      /^5 minor units became due, but the goods were worth 5 minus 3 unpaid/,
      () => dayFollowedBy('return-b-3', assessed(5, { worth: 5, unpaid: 3 })),
    ],
    [
      'a refund for a return that is worth nothing',
      'I5',
      /^5 minor units became due/,
      () => dayFollowedBy('return-b-3', assessed(5)),
    ],
    [
      'a refund above what is due',
      'I5',
      /^9 minor units were refunded, but only 0 were due/,
      () => dayFollowedBy('return-b-3', { type: 'ReturnRefunded', data: { amount: 9, by: 'cash' } }),
    ],
    [
      'an event that was deleted',
      'I21',
      /Revision 2 follows where 1 should be/,
      () => day.filter(({ event }) => event.type !== 'StockReserved'),
    ],
    ['a missing actor', 'I10', /has no actor/, () => withCause('ReservationReleased', { actor: '' })],
    [
      'a command of a process without its cause',
      'I10',
      /has no causationId/,
      () => withCause('ReservationReleased', { actor: 'process:checkout' }),
    ],
    [
      'positions that decrease',
      'I10',
      /Position 1 comes after/,
      () => withChanged('ReturnRecorded', () => ({ position: asPosition(1) })),
    ],
    [
      'an event type that Kontor does not know',
      'I21',
      /knows no event "TeaSpilled"/,
      () => dayFollowedBy(TEA_IN_LONDON, { type: 'TeaSpilled', data: {} }),
    ],
    ['an event without data', 'I21', /data of StockCounted are null/, () => withChanged('StockCounted', withoutData)],
    ['a count that erases a later movement', 'I14', /wrong by/, () => withData('StockCounted', { counted: 7 })],
    [
      'a movement before a count that is recorded late and counted twice',
      'I14',
      /wrong by -?2 units/,
      () => {
        const index = day.findLastIndex(({ event }) => event.type === 'StockAdjusted');
        const correction = day[index];
        return day
          .filter((recorded) => recorded !== correction)
          .map((event) =>
            correction && event.stream === TEA_IN_LONDON && event.revision > correction.revision
              ? { ...event, revision: event.revision - 1 }
              : event,
          );
      },
    ],
    [
      'a name in plain text',
      'I15',
      /contact.name of OrderRecorded is not encrypted/,
      () => withData('OrderRecorded', { contact: { name: 'Ada' } }),
    ],
    [
      'an e-mail address in a free text',
      'I15',
      /OrderHeld contains an e-mail address/,
      () => dayFollowedBy('order-o-1', { type: 'OrderHeld', data: { holdId: 'h', reason: 'ask ada@example.com' } }),
    ],
    [
      'a reservation for a cancelled order',
      'I18',
      /r-1 is open, but its order o-1 has ended/,
      () => withoutEvents('ReservationReleased'),
    ],
    [
      'an order that stays pending',
      'I18',
      /is pending, though its checkout deadline was 2026-01-01T12:10/,
      () => withoutEvents('OrderConfirmed').filter(({ event }) => event.type !== 'OrderLinesCancelled'),
    ],
  ])('%s: %s', (_, invariant, sentence, faulty) => {
    const all = violationsOf(faulty());
    expect(all).toContainEqual(expect.objectContaining({ invariant, sentence: expect.stringMatching(sentence) }));
  });

  it('and no other invariant is reported', () => {
    const violated = (events: readonly Recorded[]) => [
      ...new Set(violationsOf(events).map(({ invariant }) => invariant)),
    ];
    expect(violated(dayFollowedBy(TEA_IN_LONDON, released('r-1')))).toEqual(['I2']);
    expect(violated(withData('OrderRecorded', { total: 6000 }))).toEqual(['I5']);
    expect(violated(withCause('ReservationReleased', { actor: '' }))).toEqual(['I10']);
    expect(violated(withoutEvents('ReservationReleased'))).toEqual(['I18']);
    expect(violated(dayFollowedBy(TEA_IN_LONDON, { type: 'TeaSpilled', data: {} }))).toEqual(['I21']);
  });

  it('once for each stream that cannot be read, however many events follow', () => {
    const foreign = { type: 'TeaSpilled', data: {} };
    const following = [foreign, foreign, released('r-1')].map((event, index) => {
      const last = dayFollowedBy(TEA_IN_LONDON, event).at(-1) as Recorded;
      return {
        ...last,
        id: `${last.id}${index}`,
        revision: last.revision + index,
        position: asPosition(2 ** 40 + index),
      };
    });
    expect(violationsOf([...day, ...following])).toEqual([
      expect.objectContaining({ invariant: 'I21', stream: TEA_IN_LONDON }),
    ]);
  });

  it('with the event at which it stands', () => {
    const [violation] = violationsOf(withData('OrderRecorded', { total: 6000 }));
    const { stream, revision, position } = day.find(({ event }) => event.type === 'OrderRecorded') as Recorded;
    expect(violation).toMatchObject({ stream, revision, position });
  });
});
