/** Asking for a return, and the answer. */
import { DomainError } from '#kernel';
import { ofOrder, units, withShipping } from './return-goods.js';
import { checkUnique, present } from './return-lines.js';
import {
  type OrderTerms,
  type RefundWay,
  type RequestedLine,
  type ReturnedUnits,
  type RmaCommand,
  type UnitsOfLine,
} from './return-messages.js';
import { type Return, type ReturnEvent } from './return-state.js';

type Data<Type extends RmaCommand['type']> = Extract<RmaCommand, { type: Type }>['data'];
type Request = Data<'RequestReturn'>;

export const request = (asked: Omit<Request, 'returnId'>): ReturnEvent[] => {
  const { order, lines, orderId, reason } = asked;
  if (lines.length === 0) throw new DomainError('invalid-lines', 'There is no line');
  checkUnique(lines.map(({ lineId }) => lineId));
  if (orderId !== undefined && !order) throw new DomainError('order-not-found', `There is no order ${orderId}`);
  const { fees, refundShipping, needsApproval } = asked;
  const data = {
    orderId,
    customerId: asked.customerId ?? order?.customerId,
    currency: currencyOf(asked),
    lines: order ? soldIn(order, lines) : lines.map(blind),
    reason,
    refundTo: wayOf(asked),
    fees,
    refundShipping,
    needsApproval: reason === 'claim' ? (true as const) : needsApproval,
  };
  return [{ type: 'ReturnRequested', data: present(data) }];
};

/** @throws DomainError `refund-needs-order` */
const wayOf = ({ order, refundTo, reason }: Omit<Request, 'returnId'>): RefundWay => {
  if (order) return refundTo === 'original' ? BY_PAYMENT[order.paid] : refundTo;
  if (refundTo !== 'original' && reason !== 'claim') return refundTo;
  const message = 'Without an order there is nothing to refund to: store-credit, cash or none; and no claim';
  throw new DomainError('refund-needs-order', message);
};

/** Kontor refunds its own payments only; what a till took in, a till pays out. */
const BY_PAYMENT: Readonly<Record<OrderTerms['paid'], RefundWay>> = {
  tenders: 'original',
  till: 'cash',
  elsewhere: 'elsewhere',
};

const currencyOf = ({ currency, order }: Omit<Request, 'returnId'>) => {
  const known = order?.currency ?? currency;
  if (known !== undefined) return known;
  throw new DomainError('invalid-lines', 'A return without an order needs a currency');
};

const soldIn = (order: OrderTerms, lines: Request['lines']): RequestedLine[] => {
  const sold = new Map(order.lines.map((line) => [line.lineId, line]));
  return lines.map(({ lineId, quantity }) => {
    const line = sold.get(lineId);
    if (line) return { ...line, quantity };
    throw new DomainError('line-not-found', `The order has no line ${lineId}`, { lineId });
  });
};

const blind = ({ lineId, sku, quantity, unitPrice }: Request['lines'][number]): RequestedLine => {
  if (sku !== undefined && unitPrice) return { lineId, sku, quantity, unitPrice };
  const message = `Line ${lineId} of a return without an order needs its sku and unitPrice`;
  throw new DomainError('invalid-lines', message, { lineId });
};

export const approve = (
  { returnId, lines: some }: Pick<Data<'ApproveReturn'>, 'returnId' | 'lines'>,
  now: Readonly<Return>,
): ReturnEvent[] => {
  if (now.status === 'approved') return [];
  if (now.status !== 'requested') throw ended(returnId, now);
  const lines = (some ?? [...now.lines.values()]).map((line) => approved(line, now));
  const back = [...now.lines.values()].filter((line) => line.back > 0);
  const accepted = now.claim ? lines.map(units) : back.map((line) => ({ lineId: line.lineId, quantity: line.back }));
  return [{ type: 'ReturnApproved', data: { ...ofOrder(now), lines, accepted, ...withShipping(now) } }];
};

const approved = ({ lineId, quantity }: UnitsOfLine, { lines }: Readonly<Return>): ReturnedUnits => {
  const line = lines.get(lineId);
  if (line && quantity <= line.quantity) return { lineId, sku: line.sku, quantity };
  throw new DomainError('line-not-found', `The return has no ${quantity} units of a line ${lineId}`, { lineId });
};

/** Goods that were accepted cannot be declined any more. */
export const decline = ({ returnId, reason }: Data<'DeclineReturn'>, now: Readonly<Return>): ReturnEvent[] => {
  if (now.status === 'declined') return [];
  const untouched = now.status === 'approved' && !now.claim && now.lines.values().every(({ back }) => back === 0);
  if (now.status !== 'requested' && !untouched) throw ended(returnId, now);
  return [{ type: 'ReturnDeclined', data: { ...ofOrder(now), reason } }];
};

export const ended = (returnId: string, { status }: Readonly<Return>) =>
  new DomainError('return-ended', `Return ${returnId} is ${status}`, { state: status });
