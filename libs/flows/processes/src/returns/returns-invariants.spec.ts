import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError, type Decider, type Message } from '#kernel';
import { type AnyProcess } from '#process-manager';
import { order, type OrderEvent, type OrderLine } from '#orders';
import { goodsReturn, type OrderTerms, type ReturnCommand, type ReturnEvent } from '#returns';
import { aCause, atOnce } from '#testing';
import { whenReturnRecordedThenRestock } from '../stock-movements/recorded-facts.process.js';
import { returns } from './returns.process.js';

const OF_ORDER = new Set(['RecordOrder', 'AnnounceReturn', 'WithdrawReturn', 'RecordReturned']);

/** One order and its returns, in memory: what they decide, what the processes make of it, and every event of each. */
class Trade {
  readonly log = new Map<string, Message[]>();
  readonly restocked: { sku: string; locationId: string; quantity: number }[] = [];
  private readonly states = new Map<string, object>();

  /** What the processes answer is carried out, too; what is refused has no effect. */
  execute(command: Message): void {
    const id = (command.data as { returnId?: string }).returnId;
    const isOfOrder = OF_ORDER.has(command.type);
    const stream = isOfOrder ? 'order-o' : `return-${String(id)}`;
    const decider = (isOfOrder ? order : goodsReturn).decider as unknown as Decider<object, Message, Message>;
    for (const event of this.decide(stream, command, decider)) {
      for (const intent of this.wanted(stream, event)) this.carryOut(intent);
    }
  }

  private decide(
    stream: string,
    command: Message,
    { decide, evolve, initialState }: Decider<object, Message, Message>,
  ) {
    let state = this.states.get(stream) ?? initialState();
    try {
      const events = decide(command, state, atOnce(aCause()));
      for (const event of events) state = evolve(state, event, aCause());
      this.states.set(stream, state);
      this.log.set(stream, [...(this.log.get(stream) ?? []), ...events]);
      return events;
    } catch (error) {
      if (error instanceof DomainError) return [];
      throw error;
    }
  }

  all<Event extends Message>(prefix: string): Event[] {
    return [...this.log].flatMap(([stream, events]) => (stream.startsWith(prefix) ? (events as Event[]) : []));
  }

  private wanted(stream: string, event: Message): readonly Message[] {
    const delivered = { stream, event, id: 'e', correlationId: 'o', channel: 'web', occurredAt: '' };
    return [returns, whenReturnRecordedThenRestock].flatMap((process: AnyProcess) => {
      const instance = process.inputs.includes(event) ? process.instanceOf(delivered) : undefined;
      return instance === undefined ? [] : process.react(undefined, delivered, instance).commands;
    });
  }

  private carryOut({ type, data }: Message) {
    if (type === 'RestockReturn') this.restocked.push(data as (typeof this.restocked)[number]);
    else if (type !== 'IssueStoreCredit') this.execute({ type, data });
  }
}

const someLines = fc.array(
  fc.record({ quantity: fc.integer({ min: 1, max: 9 }), amount: fc.nat(9999), scale: fc.nat(3) }),
  { minLength: 2, maxLength: 3 },
);
const unit = {
  lineId: fc.integer({ min: 0, max: 2 }).map(String),
  quantity: fc.integer({ min: 1, max: 4 }),
  sku: fc.constant('OTHER'),
};
const someUnits = fc.uniqueArray(fc.record(unit), { minLength: 1, maxLength: 2, selector: ({ lineId }) => lineId });
const someItems = fc.array(
  fc.record({ ...unit, disposition: fc.constantFrom('restock', 'restock', 'damaged', 'missing') }),
  { minLength: 1, maxLength: 3 },
);
const returnId = fc.constantFrom('a', 'b', 'c');
const locationId = fc.constantFrom('leeds', 'york');
const way = fc.constantFrom('original', 'store-credit', 'cash', 'none');
const fees = fc.array(fc.record({ kind: fc.constant('other'), amount: fc.nat(2000) }), { maxLength: 1 });

const does = <Type extends ReturnCommand['type']>(type: Type, fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ returnId, ...fields }).map((data) => ({ type, data }));

const step = fc.oneof(
  does('RequestReturn', {
    ...{ orderId: fc.constant('o'), lines: someUnits, refundTo: way, fees },
    reason: fc.constantFrom('worn', 'worn', 'claim'),
  }),
  does('ApproveReturn', {}),
  does('DeclineReturn', { reason: fc.constant('no') }),
  does('ReceiveReturn', { locationId, lines: someUnits }),
  does('InspectReturn', { locationId, items: someItems, fees }),
  does('ExchangeReturn', { newOrderId: fc.constant('o-2') }),
  does('RecordReturnRefund', { amount: fc.constant('asked') }),
  does('RecordReturnRefundFailure', { code: fc.constant('declined') }),
  does('RetryReturnRefund', {}),
  does('PayOutReturn', { locationId }),
  does('CloseReturn', {}),
);

const priced = (lines: readonly { quantity: number; amount: number; scale: number }[]) =>
  lines.map(({ quantity, amount, scale }, index): OrderLine => ({
    ...{ lineId: String(index), sku: `SKU-${index}`, quantity, unitPrice: { amount, scale } },
    ...{ method: 'ship', locationId: 'hub' },
  }));

const sumOf = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

const askedIn = (events: readonly ReturnEvent[]) =>
  events.reduce((asked, { type, data }) => {
    if (type === 'ReturnRefundRequested' || type === 'ReturnCreditRequested') return data.amount;
    return type === 'ReturnRefunded' || type === 'ReturnRefundFailed' ? 0 : asked;
  }, 0);

/** What the command's handler and the payments would add. */
const complete = ({ type, data }: Message, order: OrderTerms, trade: Trade): Message => {
  if (type === 'RequestReturn') return { type, data: { ...data, order } };
  const { returnId: id } = data as { returnId: string };
  const amount = askedIn(trade.all<ReturnEvent>(`return-${id}`));
  return { type, data: type === 'RecordReturnRefund' ? { ...data, amount } : data };
};

/** The goods. @returns units that came back */
const checkGoods = (lines: readonly OrderLine[], trade: Trade): number => {
  const returned = trade
    .all<OrderEvent>('order-')
    .flatMap(({ type, data }) => (type === 'OrderLinesReturned' ? data.lines : []));
  for (const { lineId, quantity } of lines) {
    const back = sumOf(returned.filter((one) => one.lineId === lineId).map((one) => one.quantity));
    expect(back).toBeLessThanOrEqual(quantity);
  }
  const arrived = trade
    .all<ReturnEvent>('return-')
    .flatMap(({ type, data }) =>
      type === 'ReturnItemsInspected' ? data.items.map((item) => ({ ...item, locationId: data.locationId })) : [],
    )
    .filter(({ disposition }) => disposition !== 'missing')
    .map(({ sku, locationId: at, quantity }) => `${quantity} × ${sku} at ${at}`);
  const booked = trade.restocked.map(({ sku, locationId: at, quantity }) => `${quantity} × ${sku} at ${at}`);
  expect(booked.toSorted()).toEqual(arrived.toSorted());
  return sumOf(returned.map(({ quantity }) => quantity));
};

/** The money. @returns what was given back */
const checkMoney = (trade: Trade): number => {
  const ofOrder = trade.all<OrderEvent>('order-');
  const [first] = ofOrder;
  const worth = sumOf(ofOrder.map(({ type, data }) => (type === 'OrderLinesReturned' ? data.refund : 0)));
  expect(worth).toBeLessThanOrEqual(first?.type === 'OrderRecorded' ? first.data.total : 0);
  const seen = trade.all<ReturnEvent>('return-');
  const given = sumOf(seen.map(({ type, data }) => (type === 'ReturnRefunded' ? data.amount : 0)));
  const kept = sumOf(seen.map(({ type, data }) => (type === 'ReturnAssessed' ? data.fees : 0)));
  expect(given + kept).toBeLessThanOrEqual(worth);
  return given;
};

it('after any commands, no more is returned than was sold, and no more is refunded than it was worth', () => {
  let [cameBack, gave] = [0, 0];
  fc.assert(
    fc.property(
      someLines,
      fc.constantFrom('JPY', 'EUR', 'KWD'),
      fc.array(step, { maxLength: 40, size: 'max' }),
      (some, currency, steps) => {
        const lines = priced(some);
        const trade = new Trade();
        trade.execute({ type: 'RecordOrder', data: { orderId: 'o', currency, lines, charges: [] } });
        for (const command of steps) trade.execute(complete(command, { currency, lines, paid: 'tenders' }, trade));
        cameBack += checkGoods(lines, trade);
        gave += checkMoney(trade);
      },
    ),
    { numRuns: 300 },
  );
  expect(cameBack).toBeGreaterThan(20);
  expect(gave).toBeGreaterThan(100);
});
