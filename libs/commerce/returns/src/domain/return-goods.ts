/** Goods that arrive: facts, whatever was asked for. */
import { DomainError } from '#kernel';
import { present } from './return-lines.js';
import { type ReturnedUnits, type RmaCommand, type UnitsOfLine } from './return-messages.js';
import { type Return, type ReturnEvent, waitingAt } from './return-state.js';

type Data<Type extends RmaCommand['type']> = Extract<RmaCommand, { type: Type }>['data'];

export const receive = ({ locationId, lines }: Data<'ReceiveReturn'>, now: Readonly<Return>): ReturnEvent[] => [
  { type: 'ReturnReceived', data: { ...ofOrder(now), locationId, lines: lines.map((line) => named(line, now)) } },
];

export const inspect = (
  { locationId, items: seen, fees = [] }: Data<'InspectReturn'>,
  now: Readonly<Return>,
): ReturnEvent[] => {
  const items = seen.map((item) => ({ ...named(item, now), disposition: item.disposition }));
  const there = items.filter(({ disposition }) => disposition !== 'missing');
  const fresh = perLine(there)
    .map((one) => ({ ...one, quantity: one.quantity - waitingAt(now, locationId, one.lineId) }))
    .filter(({ quantity }) => quantity > 0);
  // The money of a claim has gone when it was approved.
  const counts = !now.claim && (now.status === 'approved' || now.status === 'closed');
  const accepted = counts ? perLine(there.filter(({ lineId }) => now.lines.has(lineId))).map(units) : [];
  const more = { ...(fees.length > 0 && { fees }), ...withShipping(now) };
  return [
    ...(fresh.length > 0
      ? [{ type: 'ReturnReceived' as const, data: { ...ofOrder(now), locationId, lines: fresh } }]
      : []),
    { type: 'ReturnItemsInspected', data: { ...ofOrder(now), locationId, items, accepted, ...more } },
  ];
};

export const ofOrder = ({ orderId }: Readonly<Return>) => present({ orderId });

/** The order is told so each time. */
export const withShipping = ({ refundShipping }: Readonly<Return>) =>
  refundShipping ? { refundShipping: true as const } : {};

export const units = ({ lineId, quantity }: UnitsOfLine): UnitsOfLine => ({ lineId, quantity });

/** @throws DomainError `line-not-found` */
const named = ({ lineId, quantity, sku }: UnitsOfLine & { sku?: string }, now: Readonly<Return>): ReturnedUnits => {
  const known = now.lines.get(lineId)?.sku ?? sku;
  if (known !== undefined) return { lineId, sku: known, quantity };
  throw new DomainError('line-not-found', `The return has no line ${lineId}: say which sku arrived`, { lineId });
};

const perLine = (lines: readonly ReturnedUnits[]): ReturnedUnits[] => {
  const all = new Map<string, ReturnedUnits>();
  for (const { lineId, sku, quantity } of lines) {
    all.set(lineId, { lineId, sku, quantity: (all.get(lineId)?.quantity ?? 0) + quantity });
  }
  return [...all.values()];
};
