/** Goods that arrive are external facts: they are recorded whatever was requested. */
import { DomainError, totalOf } from '#kernel';
import { definedFields } from './return-lines.js';
import { type LineQuantity, type ReturnedUnits, type RmaCommand } from './return-messages.js';
import { type Return, type ReturnEvent, uninspectedAt } from './return-state.js';

type Data<Type extends RmaCommand['type']> = Extract<RmaCommand, { type: Type }>['data'];

export const receive = ({ locationId, lines }: Data<'ReceiveReturn'>, state: Readonly<Return>): ReturnEvent[] => [
  { type: 'ReturnReceived', data: { ...orderOf(state), locationId, lines: lines.map((line) => withSku(line, state)) } },
];

export const inspect = (
  { locationId, items: inspectedItems, fees = [] }: Data<'InspectReturn'>,
  state: Readonly<Return>,
): ReturnEvent[] => {
  const items = inspectedItems.map((item) => ({ ...withSku(item, state), disposition: item.disposition }));
  const found = items.filter(({ disposition }) => disposition !== 'missing');
  checkWorth(found, state);
  const unreceived = mergeByLine(found)
    .map((one) => ({ ...one, quantity: one.quantity - uninspectedAt(state, locationId, one.lineId) }))
    .filter(({ quantity }) => quantity > 0);
  // A claim was refunded when it was approved.
  const isRefundable = !state.isClaim && (state.status === 'approved' || state.status === 'closed');
  const accepted = isRefundable
    ? mergeByLine(found.filter(({ lineId }) => state.lines.has(lineId))).map(toLineQuantity)
    : [];
  const details = { ...(fees.length > 0 && { fees }), ...shippingFlag(state) };
  return [
    ...(unreceived.length > 0
      ? [{ type: 'ReturnReceived' as const, data: { ...orderOf(state), locationId, lines: unreceived } }]
      : []),
    { type: 'ReturnItemsInspected', data: { ...orderOf(state), locationId, items, accepted, ...details } },
  ];
};

/** More goods than were requested may come back, so they may come to more. @throws DomainError `amount-out-of-range` */
const checkWorth = (found: readonly ReturnedUnits[], { lines, currency }: Readonly<Return>) => {
  const units = new Map(mergeByLine(found).map(({ lineId, quantity }) => [lineId, quantity]));
  const returned = [...lines].map(([lineId, line]) => ({
    ...line,
    quantity: line.returned + (units.get(lineId) ?? 0),
  }));
  totalOf(returned, currency);
};

export const orderOf = ({ orderId }: Readonly<Return>) => definedFields({ orderId });

/** Copied into every event with accepted units, because the order assesses them from that event. */
export const shippingFlag = ({ refundShipping }: Readonly<Return>) =>
  refundShipping ? { refundShipping: true as const } : {};

export const toLineQuantity = ({ lineId, quantity }: LineQuantity): LineQuantity => ({ lineId, quantity });

/** @throws DomainError `line-not-found` */
const withSku = (
  { lineId, quantity, sku }: LineQuantity & { sku?: string },
  state: Readonly<Return>,
): ReturnedUnits => {
  const known = state.lines.get(lineId)?.sku ?? sku;
  if (known !== undefined) return { lineId, sku: known, quantity };
  throw new DomainError('line-not-found', `The return has no line ${lineId}: say which sku arrived`, { lineId });
};

const mergeByLine = (lines: readonly ReturnedUnits[]): ReturnedUnits[] => {
  const all = new Map<string, ReturnedUnits>();
  for (const { lineId, sku, quantity } of lines) {
    all.set(lineId, { lineId, sku, quantity: (all.get(lineId)?.quantity ?? 0) + quantity });
  }
  return [...all.values()];
};
