import { describe, expect, it } from '@jest/globals';
import { KONTOR_NAMESPACE, uuidv5, type Named } from '#kernel';
import { type OrderLine } from '#orders';
import { eventsOf, policy, type InputOf } from '#process-manager';
import { goodsReturn, type Disposition, type OrderTerms, type ReturnCommand, type ReturnLine } from '#returns';
import { whenReturnRecordedThenRestock } from '../stock-movements/recorded-facts.process.js';
import { CRASH_MOMENTS, ProcessHarness, type CrashPoint } from '../processes.fixture.js';
import { whenReturnRecordedThenCountAgainstOrder } from './count-recorded-return.process.js';
import { returns } from './returns.process.js';

const [tea, cup] = [
  { lineId: '1', sku: 'TEA', quantity: 3, unitPrice: { amount: 1000, scale: 2 } },
  { lineId: '2', sku: 'CUP', quantity: 1, unitPrice: { amount: 500, scale: 2 } },
];
const order: OrderTerms = { currency: 'EUR', customerId: 'c-1', lines: [tea, cup], paid: 'tenders' };

/** Stands for the payments of the order: the first refund of return `bad` fails. */
const refundRequests = eventsOf([goodsReturn]).only('ReturnRefundRequested');
const payments = policy<
  InputOf<typeof refundRequests>,
  Named<ReturnCommand, 'RecordReturnRefund' | 'RecordReturnRefundFailure'>
>({
  name: 'payments-of-the-spec',
  inputs: refundRequests,
  instanceOf: ({ stream }) => stream,
  commandsAfter: ({ event }) => {
    if (event.type === 'CommandRefused') return [];
    const { returnId, refundId, amount } = event.data;
    return refundId === 'return/bad/1'
      ? [{ type: 'RecordReturnRefundFailure', data: { returnId, code: 'card-expired' } }]
      : [{ type: 'RecordReturnRefund', data: { returnId, amount } }];
  },
});

const all = [returns, whenReturnRecordedThenRestock, whenReturnRecordedThenCountAgainstOrder, payments];

type Data<Type extends ReturnCommand['type']> = Extract<ReturnCommand, { type: Type }>['data'];
type Act = (h: ProcessHarness) => Promise<unknown>;

const act =
  <Type extends ReturnCommand['type']>(type: Type, data: Partial<Data<Type>> = {}, returnId = 'b'): Act =>
  (h) =>
    h.goodsReturn({ type, data: { returnId, ...data } } as unknown as ReturnCommand);

const sells: Act = (h) => {
  const lines = [tea, cup].map((line): OrderLine => ({ ...line, method: 'ship', locationId: 'hub' }));
  return h.order({ type: 'RecordOrder', data: { orderId: 'o', currency: 'EUR', lines, charges: [] } });
};

const asks = (quantity: number, over: Partial<Data<'RequestReturn'>> = {}, returnId = 'b') =>
  act(
    'RequestReturn',
    { orderId: 'o', order, lines: [{ lineId: '1', quantity }], reason: 'worn', refundTo: 'original', ...over },
    returnId,
  );

const inspects = (quantity: number, disposition: Disposition = 'restock', locationId = 'leeds', returnId = 'b') =>
  act('InspectReturn', { locationId, items: [{ lineId: '1', quantity, disposition }] }, returnId);

/** A till takes units of line 1 back and pays them out. */
const till = (quantity: number, returnId = 'till', orderId = 'o') => {
  const line = { ...tea, quantity, locationId: 'leeds', disposition: 'restock', original: { orderId, lineId: '1' } };
  return act('RecordReturn', { currency: 'EUR', lines: [line as ReturnLine], credits: [] }, returnId);
};

const blind = { orderId: undefined, order: undefined, currency: 'EUR', lines: [tea] } as unknown as object;

/** What people do, each thing once the processes have nothing left to do. */
const stories: Record<string, Act[]> = {
  ordinary: [sells, asks(2), inspects(2)],
  'with fees and shipping': [
    sells,
    asks(2, { fees: [{ kind: 'restocking', amount: 300 }], refundShipping: true }),
    inspects(2),
  ],
  'received at two places': [
    sells,
    asks(3),
    act('ReceiveReturn', { locationId: 'york', lines: [{ lineId: '1', quantity: 1 }] }),
    inspects(1, 'restock', 'york'),
    inspects(2, 'restock', 'leeds'),
  ],
  damaged: [sells, asks(1), inspects(1, 'damaged')],
  'partly missing': [sells, asks(2), inspects(1), inspects(1, 'missing')],
  'more than was fulfilled': [sells, asks(4), inspects(1)],
  'declined by a person': [sells, asks(1, { needsApproval: true }), act('DeclineReturn', { reason: 'too-late' })],
  'approved by a person, after the goods had come': [
    sells,
    asks(1, { needsApproval: true }),
    inspects(1),
    act('ApproveReturn'),
  ],
  'given up': [sells, asks(2), inspects(1), act('CloseReturn'), asks(2, {}, 'c')],
  'refund failed, then tried again': [
    sells,
    asks(1, {}, 'bad'),
    inspects(1, 'restock', 'leeds', 'bad'),
    act('RetryReturnRefund', {}, 'bad'),
  ],
  'blind, as store credit': [act('RequestReturn', { ...blind, reason: 'gift', refundTo: 'store-credit' }), inspects(3)],
  'blind, paid out': [
    act('RequestReturn', { ...blind, reason: 'gift', refundTo: 'cash' }),
    inspects(3),
    act('PayOutReturn', { locationId: 'leeds' }),
  ],
  'of units of which a till has taken one': [
    sells,
    till(1),
    asks(3),
    asks(2, {}, 'c'),
    inspects(2, 'restock', 'leeds', 'c'),
  ],
  'whose units a till has taken before they arrive': [sells, asks(2), till(2), inspects(2)],
  'taken by a till more than once': [sells, till(3), till(2, 'again'), till(1, 'elsewhere', 'unknown')],
  exchange: [sells, asks(1), act('ExchangeReturn', { newOrderId: 'o-2' }), inspects(1)],
  claim: [sells, asks(1, { reason: 'claim' }), act('ApproveReturn')],
};

interface Crash extends CrashPoint {
  readonly stage: number;
}

const run = async (acts: readonly Act[], crash?: Crash, batchSize = 500) => {
  const h = new ProcessHarness(all, batchSize);
  const dispatches: number[] = [];
  for (const [stage, one] of acts.entries()) {
    await one(h);
    await h.settle(crash?.stage === stage ? crash : undefined);
    dispatches.push(h.dispatches);
  }
  return { h, dispatches };
};

const credit = `giftcard-${uuidv5(KONTOR_NAMESPACE, 'store-credit/b')}`;
const STREAMS = ['order-o', 'return-b', 'return-c', 'return-bad', 'stock-TEA~leeds', 'stock-TEA~york', credit];

const eventsIn = async (h: ProcessHarness, ...streams: string[]) => (await h.log(...streams)).map(({ event }) => event);
const types = async (h: ProcessHarness, ...streams: string[]) =>
  (await eventsIn(h, ...streams)).map(({ type }) => type);
const runStory = async (name: string) => (await run(stories[name] ?? [])).h;

describe('a return', () => {
  it('is announced to its order, restocked, and closed when it is refunded', async () => {
    const h = await runStory('ordinary');
    expect(await types(h, 'return-b')).toEqual([
      'ReturnRequested',
      'ReturnApproved',
      'ReturnReceived',
      'ReturnItemsInspected',
      'ReturnAssessed',
      'ReturnRefundRequested',
      'ReturnRefunded',
      'ReturnClosed',
    ]);
    expect(await types(h, 'order-o')).toEqual([
      'OrderRecorded',
      'OrderReturnAnnounced',
      'OrderLinesReturned',
      'OrderReturnWithdrawn',
    ]);
    expect(await eventsIn(h, 'stock-TEA~leeds')).toMatchObject([
      { type: 'StockRestocked', data: { quantity: 2, returnId: 'b', disposition: 'restock' } },
    ]);
    expect((await eventsIn(h, 'return-b')).at(-2)).toMatchObject({ data: { amount: 2000, by: 'payments' } });
    expect(h.memory.running).toEqual([]);
  });

  it('is assessed with the part of its value that was never paid', () => {
    const event = { type: 'OrderLinesReturned', data: { returnId: 'b', lines: [], refund: 900, unpaid: 300 } } as const;
    const delivered = { stream: 'order-o', event, id: 'e', correlationId: 'o', channel: 'web', occurredAt: '' };
    expect(returns.react(undefined, delivered, 'b').commands).toEqual([
      { type: 'AssessReturn', data: { returnId: 'b', worth: 900, unpaid: 300 } },
    ]);
  });

  it('deducts fees', async () => {
    const h = await runStory('with fees and shipping');
    expect((await eventsIn(h, 'return-b')).at(-2)).toMatchObject({ type: 'ReturnRefunded', data: { amount: 1700 } });
  });

  it('is restocked at each location where goods arrived', async () => {
    const h = await runStory('received at two places');
    expect(await eventsIn(h, 'stock-TEA~york', 'stock-TEA~leeds')).toMatchObject([
      { data: { quantity: 1 } },
      { data: { quantity: 2 } },
    ]);
    const money = (await eventsIn(h, 'return-b')).filter(({ type }) => type === 'ReturnRefunded');
    expect(money).toMatchObject([{ data: { amount: 1000 } }, { data: { amount: 2000 } }]);
  });

  it('restocks damaged goods as damaged, and missing ones not at all', async () => {
    expect(await eventsIn(await runStory('damaged'), 'stock-TEA~leeds')).toMatchObject([
      { data: { disposition: 'damaged' } },
    ]);
    const h = await runStory('partly missing');
    expect(await eventsIn(h, 'stock-TEA~leeds')).toMatchObject([{ data: { quantity: 1 } }]);
    expect((await types(h, 'return-b')).at(-1)).toBe('ReturnClosed');
  });

  it('of more than was fulfilled is declined; units that arrive all the same are restocked without value', async () => {
    const h = await runStory('more than was fulfilled');
    expect(await eventsIn(h, 'return-b')).toContainEqual({
      type: 'ReturnDeclined',
      data: { orderId: 'o', reason: 'exceeds-returnable', returnable: [{ lineId: '1', quantity: 3 }] },
    });
    expect(await types(h, 'order-o')).not.toContain('OrderLinesReturned');
    expect(await eventsIn(h, 'stock-TEA~leeds')).toMatchObject([{ data: { quantity: 1 } }]);
  });

  it('that is declined by a person releases its units for another return', async () => {
    expect((await types(await runStory('declined by a person'), 'order-o')).at(-1)).toBe('OrderReturnWithdrawn');
    expect(await types(await runStory('given up'), 'return-c')).toContain('ReturnApproved');
  });

  it('counts goods that came before it was approved', async () => {
    const h = await runStory('approved by a person, after the goods had come');
    expect((await types(h, 'return-b')).slice(-2)).toEqual(['ReturnRefunded', 'ReturnClosed']);
  });

  it('is restocked, and stays open after a failed refund until that is retried', async () => {
    const acts = stories['refund failed, then tried again'] ?? [];
    const { h } = await run(acts.slice(0, -1));
    expect(await types(h, 'stock-TEA~leeds')).toEqual(['StockRestocked']);
    expect((await eventsIn(h, 'return-bad')).at(-1)).toMatchObject({ data: { code: 'card-expired' } });
    await acts.at(-1)?.(h);
    await h.settle();
    expect((await types(h, 'return-bad')).slice(-3)).toEqual([
      'ReturnRefundRequested',
      'ReturnRefunded',
      'ReturnClosed',
    ]);
  });

  it('is refunded while its goods cannot be restocked yet', async () => {
    const h = new ProcessHarness(all, 500);
    h.refused = ({ type }) => type === 'RestockReturn';
    for (const one of stories['ordinary'] ?? []) {
      await one(h);
      await h.settle();
    }
    expect((await types(h, 'return-b')).at(-1)).toBe('ReturnClosed');
    expect([...h.memory.parked.keys()]).toEqual(['restock-return/return-b']);
    h.refused = undefined;
    await h.settle();
    expect(await types(h, 'stock-TEA~leeds')).toEqual(['StockRestocked']);
  });

  it('without an order becomes a store credit, or is paid out', async () => {
    const h = await runStory('blind, as store credit');
    expect(await eventsIn(h, credit)).toContainEqual(
      expect.objectContaining({ type: 'StoreCreditIssued', data: expect.objectContaining({ amount: 3000 }) }),
    );
    expect((await types(h, 'return-b')).at(-1)).toBe('ReturnClosed');
    expect((await types(await runStory('blind, paid out'), 'return-b')).at(-1)).toBe('ReturnClosed');
  });

  it('as an exchange is refunded to the store credit that was named before', async () => {
    const log = await eventsIn(await runStory('exchange'), 'return-b');
    const of = (type: string) => log.find((event) => event.type === type)?.data as { giftCardId: string };
    expect(of('ReturnCreditRequested').giftCardId).toBe(of('ReturnExchanged').giftCardId);
    expect(log.at(-2)).toMatchObject({ type: 'ReturnRefunded', data: { amount: 1000, by: 'store-credit' } });
  });

  it('is declined with what is left where a till has taken units before', async () => {
    const h = await runStory('of units of which a till has taken one');
    const declined = { orderId: 'o', reason: 'exceeds-returnable', returnable: [{ lineId: '1', quantity: 2 }] };
    expect(await eventsIn(h, 'return-b')).toContainEqual({ type: 'ReturnDeclined', data: declined });
    expect((await types(h, 'return-c')).at(-1)).toBe('ReturnClosed');
  });

  it('is not refunded for units that a till has paid out meanwhile', async () => {
    const h = await runStory('whose units a till has taken before they arrive');
    const refunded = (await eventsIn(h, 'return-b')).filter(({ type }) => type === 'ReturnRefunded');
    expect(refunded).toMatchObject([{ data: { amount: 1000 } }]);
    expect(await eventsIn(h, 'order-o')).toContainEqual(
      expect.objectContaining({
        type: 'OrderLinesReturned',
        data: {
          returnId: 'b',
          lines: [{ lineId: '1', quantity: 1 }],
          refund: 1000,
          excess: [{ lineId: '1', quantity: 1 }],
        },
      }),
    );
  });

  it('at a till is counted against its order, which names what goes beyond it', async () => {
    const h = await runStory('taken by a till more than once');
    expect((await eventsIn(h, 'order-o')).slice(1)).toMatchObject([
      { type: 'OrderReturnRecorded', data: { returnId: 'till', worth: 3000, paidBack: 3000 } },
      {
        data: { returnId: 'again', lines: [], excess: [{ lineId: '1', quantity: 2 }], paidBack: 2000, overpaid: 1500 },
      },
    ]);
    expect(h.memory.parked.size).toBe(0);
  });

  it('as a claim is refunded without goods', async () => {
    const h = await runStory('claim');
    expect(await types(h, 'stock-TEA~leeds')).toEqual([]);
    expect((await eventsIn(h, 'return-b')).at(-2)).toMatchObject({ type: 'ReturnRefunded', data: { amount: 1000 } });
  });

  it('whose credit is refused waits for a person', async () => {
    const h = new ProcessHarness(all, 500);
    h.refused = ({ type }) => type === 'IssueStoreCredit';
    for (const one of stories['blind, as store credit'] ?? []) {
      await one(h);
      await h.settle();
    }
    expect((await types(h, 'return-b')).at(-1)).toBe('ReturnRefundFailed');
  });

  for (const [name, acts] of Object.entries(stories)) {
    it(`ends the same after a crash at any point: ${name}`, async () => {
      const finish = async (h: ProcessHarness) => ({
        log: await Promise.all(STREAMS.map((stream) => eventsIn(h, stream))),
        running: h.memory.running,
        parked: [...h.memory.parked.keys()],
      });
      const calm = await run(acts);
      const expected = await finish(calm.h);
      expect(calm.dispatches.reduce((total, one) => total + one)).toBeGreaterThan(0);
      for (const batchSize of [1, 500]) {
        for (const [stage, dispatches] of calm.dispatches.entries()) {
          for (let at = 0; at < dispatches; at++) {
            for (const moment of CRASH_MOMENTS) {
              expect(await finish((await run(acts, { stage, at, moment }, batchSize)).h)).toEqual(expected);
            }
          }
        }
      }
    });
  }
});
