/** What was said to clients, compared with what is in the log. Each function returns what is wrong. */
import { type Logged } from '../support/log.js';
import { eventsOf, isDone, type Answered } from './history.js';
import { type OrderBook } from './order-book.js';
import { type StockBook } from './stock-book.js';

const nameOf = ({ stream, revision, type }: Logged) => `${stream}@${revision} ${type}`;

/** Every command that was acknowledged is in the log, exactly once and whole; every one that was refused is not. */
export const unkeptAnswers = (answered: readonly Answered[], log: readonly Logged[]): string[] => {
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

/** Nothing is in the log that nobody asked for; what one command caused lies in one piece, and once. */
export const strangers = (answered: readonly Answered[], log: readonly Logged[], after: number): string[] => {
  const known = new Set(answered.map(({ commandId }) => commandId));
  const unasked = log.filter(({ actor, commandId, position }) => {
    return position > after && actor.startsWith('key:') && !known.has(commandId);
  });
  const torn = [...Map.groupBy(log, ({ commandId }) => commandId).values()].filter((events) => {
    const [first] = events;
    return events.some(
      ({ stream, revision }, index) => stream !== first?.stream || revision !== first.revision + index,
    );
  });
  const repeated = [...Map.groupBy(log, ({ id }) => id).values()].filter((events) => events.length > 1);
  const told = (what: string) => (logged: Logged) => `${what}: ${nameOf(logged)} by ${logged.commandId}`;
  return [
    ...unasked.map(told('nobody asked for')),
    ...torn.flatMap((events) => events.map(told('not in one piece'))),
    ...repeated.flat().map(told('twice in the log')),
  ];
};

interface Goods {
  readonly lines: readonly { sku: string; locationId: string; quantity: number; disposition?: string }[];
}

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

/** What facts did to the stock, once each: what tills sold has left, what came back is there. */
export const wrongMovements = (log: readonly Logged[]): string[] => {
  const goods = log.filter(({ type }) => type === 'OrderRecorded' || type === 'ReturnRecorded');
  const due = sums(
    goods.flatMap(({ stream, data }) =>
      (data as Goods).lines
        .filter(({ disposition }) => disposition !== 'missing')
        .map(({ sku, locationId, quantity }) => [`${stream} stock-${sku}~${locationId}`, quantity] as const),
    ),
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

/** At rest: every order has its answer, holds what it should, and nobody else holds anything. */
export const unsettled = (orders: OrderBook, stock: StockBook): string[] => {
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
