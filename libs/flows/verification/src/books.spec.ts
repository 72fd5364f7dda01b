import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventDefinitions } from '#registry';
import { type Recorded, asPosition } from '#event-store';
import { type Cause, type Message } from '#kernel';
import { aCause, aRecorded, newEvents } from '#testing';
import { Books } from './books.js';
import { aDay, aLine, allocation, NOON, owner, TEA, unitPrice } from './day.fixture.js';

const DAYS_LATER = Date.parse('2036-01-09T12:00:00.000Z');

let day: readonly Recorded[];

beforeAll(async () => {
  ({ events: day } = await aDay());
});

const read = (events: readonly Recorded[]) => {
  const books = new Books(eventDefinitions);
  for (const recorded of events) books.see(recorded);
  return books;
};

const found = (books: Books) =>
  books.checkers.flatMap(({ invariant, violations }) => violations.map((violation) => ({ invariant, ...violation })));

const violations = (events: readonly Recorded[]) => {
  const books = read(events);
  books.end(DAYS_LATER);
  return found(books);
};

/** The day, but for what one kind of event says. */
const but = (type: string, change: (recorded: Recorded) => Partial<Recorded>) =>
  day.map((recorded) => (recorded.event.type === type ? { ...recorded, ...change(recorded) } : recorded));

const saying = (type: string, data: object) =>
  but(type, ({ event }) => ({ event: { type, data: { ...event.data, ...data } } }));

const caused = (type: string, cause: Partial<Cause>) =>
  but(type, ({ envelope }) => ({ envelope: { ...envelope, ...cause } }));

/** The day, and a command after it. */
const andThen = (stream: string, event: Message, cause: Partial<Cause> = {}) => {
  const revision = day.filter((recorded) => recorded.stream === stream).length;
  const [stored] = newEvents([event], aCause(cause));
  const position = asPosition(2 ** 40);
  return [...day, aRecorded(stream, event, { ...stored, cause, revision, position, recordedAt: Date.parse(NOON) })];
};

/** The day as if an event had never been: nothing shows it but its consequences. */
const withoutTrace = (type: string) => {
  const next = new Map<string, number>();
  return day
    .filter(({ event }) => event.type !== type)
    .map((recorded) => {
      const revision = next.get(recorded.stream) ?? 0;
      next.set(recorded.stream, revision + 1);
      return { ...recorded, revision };
    });
};

/** Without data, as another application may have written it. */
const nothing = ({ event: { type } }: Recorded) => ({ event: { type, data: null as unknown as object } });

const commandOf = (type: string) => day.find(({ event }) => event.type === type)?.envelope.commandId ?? '';

describe('the books of an ordinary day', () => {
  it('are right', () => {
    expect(violations(day)).toEqual([]);
  });

  it('are checked all through', () => {
    const books = read(day);
    books.end(DAYS_LATER);
    const looked = books.checkers.filter(({ checked }) => checked > 0).map(({ invariant }) => invariant);
    expect(looked).toEqual(['I21', 'I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I10', 'I14', 'I15', 'I18']);
  });

  it('flag a return that names no sale, which is no fault', () => {
    const data = {
      currency: 'GBP',
      lines: [{ lineId: '1', quantity: 1, unitPrice, original: undefined }],
      credits: [],
    };
    const books = read(andThen('return-b-2', { type: 'ReturnRecorded', data: { ...data, total: 1999 } }));
    books.end(DAYS_LATER);
    expect(found(books)).toEqual([]);
    expect(books.checkers.find(({ invariant }) => invariant === 'I7')?.flagged).toBe(1);
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

const takenBack = (quantity: number): Message => ({
  type: 'OrderLinesReturned',
  data: { returnId: 'b-2', lines: [{ lineId: '1', quantity }], refund: 0 },
});
const due = (amount: number, more: object = {}): Message => ({
  type: 'ReturnAssessed',
  data: { worth: 0, fees: 0, amount, way: 'cash', ...more },
});

describe('a fault in the log is found and named', () => {
  it.each<[string, string, RegExp, () => readonly Recorded[]]>([
    ['an oversold reservation', 'I1', /^11 units are reserved, but/, () => andThen(TEA, reserved({ quantity: 11 }))],
    ['a reservation released twice', 'I2', /r-1 has ended already/, () => andThen(TEA, released('r-1'))],
    ['a release of what was never reserved', 'I2', /r-7 was never made/, () => andThen(TEA, released('r-7'))],
    ['a reservation of nothing', 'I2', /reserves nothing/, () => andThen(TEA, reserved({ quantity: 0 }))],
    ['a reservation made twice', 'I2', /starts a second time/, () => andThen(TEA, reserved({ reservationId: 'r-1' }))],
    [
      'a release of other units than were held',
      'I2',
      /holds 3 units/,
      () => saying('ReservationReleased', { quantity: 2 }),
    ],
    [
      'an effect of a command in a second stream',
      'I3',
      /effect before, in stock-TEA~london/,
      () =>
        andThen(
          'stock-TEA~leeds',
          { type: 'StockReceived', data: { quantity: 10, ref: 'DN-1' } },
          {
            commandId: commandOf('StockReceived'),
          },
        ),
    ],
    [
      'an event with an id of its own',
      'I3',
      /id is not that of event 0/,
      () => but('ReservationReleased', () => ({ id: '00000000-0000-4000-8000-000000000000' })),
    ],
    ['a command id that is none', 'I3', /is no UUID/, () => caused('ReservationReleased', { commandId: 'again' })],
    [
      'goods issued the wrong way',
      'I4',
      /StockIssued of -1 units/,
      () => andThen(TEA, { type: 'StockIssued', data: { quantity: -1, cause: 'store-sale', ref: 'x' } }),
    ],
    ['a wrong total', 'I5', /total is 6000, but it adds up to 5997/, () => saying('OrderRecorded', { total: 6000 })],
    ['a wrong total of a return', 'I5', /total is 1, but/, () => saying('ReturnRecorded', { total: 1 })],
    [
      'a refund of more than was cancelled',
      'I5',
      /worth of all units is 9999|minor units/,
      () => saying('OrderLinesCancelled', { refund: 9999 }),
    ],
    [
      'an order that begins twice',
      'I21',
      /begins a stream, but does not stand at its beginning/,
      () => andThen('order-o-2', recorded({})),
    ],
    [
      'lines confirmed that nobody ordered',
      'I6',
      /no line 7/,
      () =>
        saying('OrderConfirmed', {
          allocations: [allocation, { ...allocation, reservationId: 'r-3', lines: [{ lineId: '7', quantity: 1 }] }],
        }),
    ],
    [
      'more cancelled than was ordered',
      'I6',
      /^4 units of line 1 become cancelled, but only 3 are open/,
      () => saying('OrderLinesCancelled', { lines: [{ lineId: '1', quantity: 4 }] }),
    ],
    [
      'an order without its beginning',
      'I6',
      /has not begun/,
      () => andThen('order-o-9', { type: 'OrderHeld', data: { holdId: 'h', reason: 'x' } }),
    ],
    [
      'more returned than was sold',
      'I7',
      /2 units of line 1 of order o-2 came back, but 1 were sold/,
      () => saying('OrderRecorded', { lines: [{ ...aLine, quantity: 1 }], total: 1999 }),
    ],
    [
      'more taken back than the buyer has',
      'I7',
      /1 units of line 1 came back that the buyer did not have/,
      () => andThen('order-o-2', takenBack(4)),
    ],
    [
      'a return of goods never paid that gives money',
      'I5',
      /^5 minor units became due, but the goods were worth 5 less 3/,
      () => andThen('return-b-3', due(5, { worth: 5, unpaid: 3 })),
    ],
    ['a return worth nothing that gives money', 'I5', /^5 minor units became due/, () => andThen('return-b-3', due(5))],
    [
      'a return that gives more than is due',
      'I5',
      /^9 minor units were given back, but 0/,
      () => andThen('return-b-3', { type: 'ReturnRefunded', data: { amount: 9, by: 'cash' } }),
    ],
    [
      'an erased event',
      'I21',
      /Revision 2 follows where 1 should be/,
      () => day.filter(({ event }) => event.type !== 'StockReserved'),
    ],
    ['a missing actor', 'I10', /has no actor/, () => caused('ReservationReleased', { actor: '' })],
    [
      'a process that does not say why',
      'I10',
      /has no causationId/,
      () => caused('ReservationReleased', { actor: 'process:checkout' }),
    ],
    [
      'positions that go back',
      'I10',
      /Position 1 comes after/,
      () => but('ReturnRecorded', () => ({ position: asPosition(1) })),
    ],
    ['an event of nobody', 'I21', /knows no event "TeaSpilled"/, () => andThen(TEA, { type: 'TeaSpilled', data: {} })],
    ['no data', 'I21', /data of StockCounted are null/, () => but('StockCounted', nothing)],
    ['a count that erases what came after it', 'I14', /wrong by/, () => saying('StockCounted', { counted: 7 })],
    [
      'a late fact that is counted twice',
      'I14',
      /wrong by -?2 units/,
      () => {
        const late = day.findLastIndex(({ event }) => event.type === 'StockAdjusted');
        const cut = day[late];
        return day
          .filter((_, index) => index !== late)
          .map((event) =>
            cut && event.stream === TEA && event.revision > cut.revision
              ? { ...event, revision: event.revision - 1 }
              : event,
          );
      },
    ],
    [
      'a name in the clear',
      'I15',
      /contact.name of OrderRecorded is not sealed/,
      () => saying('OrderRecorded', { contact: { name: 'Ada' } }),
    ],
    [
      'an e-mail address in a free text',
      'I15',
      /e-mail address stands in a OrderHeld/,
      () => andThen('order-o-1', { type: 'OrderHeld', data: { holdId: 'h', reason: 'ask ada@example.com' } }),
    ],
    [
      'stock kept for a cancelled order',
      'I18',
      /r-1 is open, but its order o-1 has ended/,
      () => withoutTrace('ReservationReleased'),
    ],
    [
      'an order that nobody answers',
      'I18',
      /is pending, though its time ended at 2026-01-01T12:10/,
      () => withoutTrace('OrderConfirmed').filter(({ event }) => event.type !== 'OrderLinesCancelled'),
    ],
  ])('%s: %s', (_, invariant, sentence, faulty) => {
    const all = violations(faulty());
    expect(all).toContainEqual(expect.objectContaining({ invariant, sentence: expect.stringMatching(sentence) }));
  });

  it('and nothing else is accused', () => {
    const accused = (events: readonly Recorded[]) => [...new Set(violations(events).map(({ invariant }) => invariant))];
    expect(accused(andThen(TEA, released('r-1')))).toEqual(['I2']);
    expect(accused(saying('OrderRecorded', { total: 6000 }))).toEqual(['I5']);
    expect(accused(caused('ReservationReleased', { actor: '' }))).toEqual(['I10']);
    expect(accused(withoutTrace('ReservationReleased'))).toEqual(['I18']);
    expect(accused(andThen(TEA, { type: 'TeaSpilled', data: {} }))).toEqual(['I21']);
  });

  it('once for each stream that cannot be read, however much comes after', () => {
    const foreign = { type: 'TeaSpilled', data: {} };
    const places = [foreign, foreign, released('r-1')].map((event, index) => {
      const last = andThen(TEA, event).at(-1) as Recorded;
      return {
        ...last,
        id: `${last.id}${index}`,
        revision: last.revision + index,
        position: asPosition(2 ** 40 + index),
      };
    });
    expect(violations([...day, ...places])).toEqual([expect.objectContaining({ invariant: 'I21', stream: TEA })]);
  });

  it('with its place in the log', () => {
    const [violation] = violations(saying('OrderRecorded', { total: 6000 }));
    const { stream, revision, position } = day.find(({ event }) => event.type === 'OrderRecorded') as Recorded;
    expect(violation).toMatchObject({ stream, revision, position });
  });
});

describe('read models are compared with the log', () => {
  const onHand = 7; // 8 were counted, 1 was sold after that, and what was sold before had been counted
  const tea = { sku: 'TEA', locationId: 'london', onHand, moved: onHand };
  const row = { lineId: '1', ordered: 3, open: 0, allocated: 0, fulfilled: 0, cancelled: 3 };
  const rows = [
    { orderId: 'o-1', lines: [row] },
    { orderId: 'o-2', lines: [{ ...row, fulfilled: 3, cancelled: 0 }] },
  ];
  const compared = (compare: (books: Books) => void) => {
    const books = read(day);
    compare(books);
    return found(books).map(({ invariant, sentence }) => `${invariant}: ${sentence}`);
  };

  it('and agree', () => {
    expect(compared((books) => books.stock.compare([tea]))).toEqual([]);
    expect(compared((books) => books.lines.compare(rows))).toEqual([]);
  });

  it('of a position that somebody changed', () => {
    expect(compared((books) => books.stock.compare([{ ...tea, onHand: 99 }]))).toEqual([
      'I4: 7 units are on hand, but read.stock_position says 99',
    ]);
  });

  it('of a movement that somebody erased', () => {
    expect(compared((books) => books.stock.compare([{ ...tea, moved: -4 }]))).toEqual([
      'I4: 7 units have moved, but read.stock_movement adds up to -4',
    ]);
  });

  it('of stock out of nowhere', () => {
    expect(compared((books) => books.stock.compare([tea, { ...tea, sku: 'MUG' }]))).toEqual([
      'I4: The read models know stock that the log does not',
    ]);
  });

  it('of an order line that somebody changed', () => {
    const changed = [{ orderId: 'o-1', lines: [{ ...row, open: 1, cancelled: 2 }] }, ...rows.slice(1)];
    expect(compared((books) => books.lines.compare(changed))).toEqual([
      'I6: Line 1: 3 = 0 + 0 + 0 + 3, but read.order_status says 3 = 1 + 0 + 0 + 2',
    ]);
  });

  it('of an order that is missing', () => {
    expect(compared((books) => books.lines.compare(rows.slice(1)))).toEqual([
      'I6: read.order_status does not know the order',
    ]);
  });

  it('of any row that a fresh fold of the log would not make', () => {
    const digest = (text: string) => ({ rows: 1, digest: text });
    const audited = {
      name: 'customer',
      live: digest('a'),
      fresh: digest('b'),
      differences: [{ key: 'c-1', live: 'different', position: asPosition(7) } as const],
    };
    expect(compared((books) => books.readModels.compare([audited]))).toEqual(['I11: The row c-1 is different']);
  });
});
