/** Comparisons of the answers to clients with the log. Each function returns the faults in words. */
import { type Logged } from '../support/read-log.js';
import { eventsOf, isDone, type Answered } from './history.js';
import { type OrderModel } from './order-model.js';
import { type StockModel } from './stock-model.js';

const nameOf = ({ stream, revision, type }: Logged) => `${stream}@${revision} ${type}`;

/** Every command that was acknowledged is in the log, exactly once and whole; every one that was refused is not. */
export const findWrongAnswers = (answered: readonly Answered[], log: readonly Logged[]): string[] => {
  const byCommand = Map.groupBy(log, ({ commandId }) => commandId);
  return answered.flatMap((one) => {
    const found = byCommand.get(one.commandId) ?? [];
    const expected = isDone(one) ? eventsOf(one).map(({ id }) => id) : undefined;
    const ids = found.map(({ id }) => id);
    const kept = expected
      ? ids.join() === expected.join()
      : found.every(({ type }) => type === 'StockReservationDeclined');
    return kept
      ? []
      : [`${one.name} ${one.key} was answered ${one.status}, but is in the log as ${found.map(nameOf).join()}`];
  });
};

/** After the first `before` events, the log has only events of sent commands, those of one command in one piece and once. */
export const findUnaskedEvents = (answered: readonly Answered[], log: readonly Logged[], before: number): string[] => {
  const known = new Set(answered.map(({ commandId }) => commandId));
  const unasked = log.slice(before).filter(({ actor, commandId }) => actor.startsWith('key:') && !known.has(commandId));
  const torn = [...Map.groupBy(log, ({ commandId }) => commandId).values()].filter((events) => {
    const [first] = events;
    return events.some(
      ({ stream, revision }, index) => stream !== first?.stream || revision !== first.revision + index,
    );
  });
  const repeated = [...Map.groupBy(log, ({ id }) => id).values()].filter((events) => events.length > 1);
  const describe = (what: string) => (logged: Logged) => `${what}: ${nameOf(logged)} by ${logged.commandId}`;
  return [
    ...unasked.map(describe('no command asked for')),
    ...torn.flatMap((events) => events.map(describe('not in one piece'))),
    ...repeated.flat().map(describe('twice in the log')),
  ];
};

interface Moving {
  readonly sku: string;
  readonly quantity: number;
  readonly locationId?: string;
  readonly disposition?: string;
}

interface Goods {
  readonly lines?: readonly Moving[];
  readonly items?: readonly Moving[];
  /** The location of all of them. */
  readonly locationId?: string;
}

const FACTS = new Set(['OrderRecorded', 'ReturnRecorded', 'ReturnItemsInspected']);

interface Moved {
  readonly ref?: string;
  readonly returnId?: string;
  readonly quantity: number;
}

const sums = (entries: readonly (readonly [key: string, quantity: number])[]) => {
  const all = new Map<string, number>();
  for (const [key, quantity] of entries) all.set(key, (all.get(key) ?? 0) + quantity);
  return all;
};

/** Each external fact has moved stock once: goods that tills sold have left, and returned goods have come in. */
export const findWrongMovements = (log: readonly Logged[]): string[] => {
  const goods = log.filter(({ type }) => FACTS.has(type));
  const due = sums(
    goods.flatMap(({ stream, data }) => {
      const { lines = [], items = lines, locationId: here } = data as Goods;
      return items
        .filter(({ disposition }) => disposition !== 'missing')
        .map(({ sku, locationId = here, quantity }) => [`${stream} stock-${sku}~${locationId}`, quantity] as const);
    }),
  );
  const recorded = new Set(goods.map(({ stream }) => stream));
  const done = sums(
    log.flatMap(({ stream, type, data }) => {
      const { ref = '', returnId, quantity } = data as Moved;
      const cause =
        type === 'StockIssued' ? `order-${ref}` : type === 'StockRestocked' ? `return-${returnId ?? ''}` : '';
      return recorded.has(cause) ? [[`${cause} ${stream}`, quantity] as const] : [];
    }),
  );
  return [...new Set([...due.keys(), ...done.keys()])]
    .filter((key) => due.get(key) !== done.get(key))
    .map((key) => `${key}: ${due.get(key) ?? 0} units should have moved, ${done.get(key) ?? 0} did`);
};

interface Refund {
  readonly amount?: number;
  readonly lines?: readonly { readonly quantity: number }[];
  readonly accepted?: readonly { readonly quantity: number }[];
  readonly excess?: readonly { readonly quantity: number }[];
  readonly returnId?: string;
}

const unitsIn = (lines: Refund['lines'] = []) => lines.reduce((all, { quantity }) => all + quantity, 0);

const amountsIn = (log: readonly Logged[], type: string) =>
  sums(log.filter((one) => one.type === type).map(({ stream, data }) => [stream, (data as Refund).amount ?? 0]));

const returnedUnits = ({ type, data }: Logged): (readonly [string, number])[] => {
  const { returnId, lines, excess } = data as Refund;
  return type === 'OrderLinesReturned' ? [[`return-${returnId}`, unitsIn(lines) + unitsIn(excess)]] : [];
};

const accepted = ({ stream, type, data }: Logged): (readonly [string, number])[] =>
  type === 'ReturnItemsInspected' ? [[stream, unitsIn((data as Refund).accepted)]] : [];

/** At rest, accepted units are returned in their order, and their value is refunded, unless the refund failed. */
export const findLostRefunds = (log: readonly Logged[]): string[] => {
  const [due, given] = [amountsIn(log, 'ReturnAssessed'), amountsIn(log, 'ReturnRefunded')];
  const failed = amountsIn(log, 'ReturnRefundFailed');
  const [taken, known] = [sums(log.flatMap(accepted)), sums(log.flatMap(returnedUnits))];
  const differing = (name: string, of: string, expected: number | undefined, found: number | undefined) =>
    (expected ?? 0) === (found ?? 0) ? [] : [`${name}: ${expected} ${of}, but ${found}`];
  return [...taken].flatMap(([stream, units]) => [
    ...differing(stream, 'units accepted', units, known.get(stream)),
    ...(failed.has(stream) ? [] : differing(stream, 'due', due.get(stream), given.get(stream))),
  ]);
};

/** Events that end the checkout of a cart. */
const CHECKOUT_ENDS = new Set(['CartReopened', 'CartClosed']);

/** Carts that at rest still wait for an order that was answered. A cart may wait for an order that was never placed. */
export const findWaitingCarts = (log: readonly Logged[], { orders }: OrderModel): string[] => {
  const waiting = new Map<string, string>();
  for (const { stream, type, data } of log) {
    if (type === 'CartCheckedOut') waiting.set(stream, (data as { orderId: string }).orderId);
    if (CHECKOUT_ENDS.has(type)) waiting.delete(stream);
  }
  return [...waiting].flatMap(([stream, orderId]) => {
    const state = orders.get(orderId)?.state;
    return state === undefined ? [] : [`${stream} waits for order ${orderId}, which is ${state}`];
  });
};

/** At rest, every order was answered and has its reservations, and there are no others. */
export const findUnsettledOrders = (orders: OrderModel, stock: StockModel): string[] => {
  const pending = [...orders.orders].filter(([, { state }]) => state === 'pending').map(([id]) => `${id} is pending`);
  const due = new Map([...orders.orders.values()].flatMap(({ holds }) => [...holds].filter(([, units]) => units > 0)));
  const held = new Map([...stock.open].map(([id, { quantity }]) => [id, quantity]));
  const differing = [...new Set([...due.keys(), ...held.keys()])]
    .filter((id) => due.get(id) !== held.get(id))
    .map(
      (id) =>
        `reservation ${id}: ${held.get(id) ?? 0} held of ${due.get(id) ?? 0} (${JSON.stringify(stock.open.get(id))})`,
    );
  return [...pending, ...differing];
};
