/** The request for a return, and its approval or decline. */
import { DomainError, totalOf } from '#kernel';
import { orderOf, toLineQuantity, shippingFlag } from './return-goods.js';
import { checkUnique, definedFields } from './return-lines.js';
import {
  type LineQuantity,
  type OrderTerms,
  type RefundWay,
  type RequestedLine,
  type ReturnedUnits,
  type RmaCommand,
} from './return-messages.js';
import { type Return, type ReturnEvent } from './return-state.js';

type Data<Type extends RmaCommand['type']> = Extract<RmaCommand, { type: Type }>['data'];
type Request = Data<'RequestReturn'>;

export const requestReturn = (details: Omit<Request, 'returnId'>): ReturnEvent[] => {
  const { order, lines, orderId, reason } = details;
  if (lines.length === 0) throw new DomainError('invalid-lines', 'A return needs at least one line');
  checkUnique(lines.map(({ lineId }) => lineId));
  if (orderId !== undefined && !order) throw new DomainError('order-not-found', `There is no order ${orderId}`);
  const { fees, refundShipping, needsApproval } = details;
  const currency = currencyOf(details);
  const requested = order ? linesOfOrder(order, lines) : lines.map(blindLine);
  totalOf(requested, currency); // throws if the amount is too large to be exact
  const data = {
    orderId,
    customerId: details.customerId ?? order?.customerId,
    currency,
    lines: requested,
    reason,
    refundTo: refundWayOf(details),
    fees,
    refundShipping,
    needsApproval: reason === 'claim' ? (true as const) : needsApproval,
  };
  return [{ type: 'ReturnRequested', data: definedFields(data) }];
};

/** @throws DomainError `refund-needs-order` */
const refundWayOf = ({ order, refundTo, reason }: Omit<Request, 'returnId'>): RefundWay => {
  if (order) return refundTo === 'original' ? REFUND_WAY_OF_PAYMENT[order.paid] : refundTo;
  if (refundTo !== 'original' && reason !== 'claim') return refundTo;
  const message = 'A return without an order is refunded to store-credit, cash or none, and cannot be a claim';
  throw new DomainError('refund-needs-order', message);
};

/** Kontor can refund only its own payments. A till refunds in cash. */
const REFUND_WAY_OF_PAYMENT: Readonly<Record<OrderTerms['paid'], RefundWay>> = {
  tenders: 'original',
  till: 'cash',
  elsewhere: 'elsewhere',
};

const currencyOf = ({ currency, order }: Omit<Request, 'returnId'>) => {
  const known = order?.currency ?? currency;
  if (known !== undefined) return known;
  throw new DomainError('invalid-lines', 'A return without an order needs a currency');
};

const linesOfOrder = (order: OrderTerms, lines: Request['lines']): RequestedLine[] => {
  const sold = new Map(order.lines.map((line) => [line.lineId, line]));
  return lines.map(({ lineId, quantity }) => {
    const line = sold.get(lineId);
    if (line) return { ...line, quantity };
    throw new DomainError('line-not-found', `The order has no line ${lineId}`, { lineId });
  });
};

const blindLine = ({ lineId, sku, quantity, unitPrice }: Request['lines'][number]): RequestedLine => {
  if (sku !== undefined && unitPrice) return { lineId, sku, quantity, unitPrice };
  const message = `Line ${lineId} of a return without an order needs its sku and unitPrice`;
  throw new DomainError('invalid-lines', message, { lineId });
};

export const approve = (
  { returnId, lines: requestedLines }: Pick<Data<'ApproveReturn'>, 'returnId' | 'lines'>,
  state: Readonly<Return>,
): ReturnEvent[] => {
  if (state.status === 'approved') return [];
  if (state.status !== 'requested') throw returnEnded(returnId, state);
  const lines = (requestedLines ?? [...state.lines.values()]).map((line) => approvedUnits(line, state));
  const returned = [...state.lines.values()].filter((line) => line.returned > 0);
  const accepted = state.isClaim
    ? lines.map(toLineQuantity)
    : returned.map((line) => ({ lineId: line.lineId, quantity: line.returned }));
  return [{ type: 'ReturnApproved', data: { ...orderOf(state), lines, accepted, ...shippingFlag(state) } }];
};

const approvedUnits = ({ lineId, quantity }: LineQuantity, { lines }: Readonly<Return>): ReturnedUnits => {
  const line = lines.get(lineId);
  if (line && quantity <= line.quantity) return { lineId, sku: line.sku, quantity };
  throw new DomainError('line-not-found', `The return has no line ${lineId} with ${quantity} units`, { lineId });
};

/** A return with accepted goods can no longer be declined. */
export const decline = (
  { returnId, reason, returnable }: Data<'DeclineReturn'>,
  state: Readonly<Return>,
): ReturnEvent[] => {
  if (state.status === 'declined') return [];
  const isDeclinable =
    state.status === 'approved' && !state.isClaim && state.lines.values().every(({ returned }) => returned === 0);
  if (state.status !== 'requested' && !isDeclinable) throw returnEnded(returnId, state);
  return [{ type: 'ReturnDeclined', data: { ...orderOf(state), reason, ...definedFields({ returnable }) } }];
};

export const returnEnded = (returnId: string, { status }: Readonly<Return>) =>
  new DomainError('return-ended', `Return ${returnId} is ${status}`, { state: status });
