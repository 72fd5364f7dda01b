/**
 * The money of a return. Due = what was paid for accepted units, less fees; outstanding = due − refunded. One request for
 * all that is outstanding is under way at a time, so nothing is given back twice.
 */
import { DomainError, lineTotal, returnCreditIdOf } from '#kernel';
import { ofOrder } from './return-goods.js';
import { present } from './return-lines.js';
import { type RmaCommand } from './return-messages.js';
import { outstanding, type Line, type Return, type ReturnEvent } from './return-state.js';

type Data<Type extends RmaCommand['type']> = Extract<RmaCommand, { type: Type }>['data'];

/** @returns what the units were worth, and the request for the money */
export const assess = ({ returnId, worth, unpaid = 0 }: Data<'AssessReturn'>, now: Readonly<Return>): ReturnEvent[] => {
  const paid = worth - unpaid;
  const fees = Math.min(now.fees, Math.max(0, paid));
  const amount = now.way === 'none' ? 0 : paid - fees;
  const { way } = now;
  return [
    { type: 'ReturnAssessed', data: { ...ofOrder(now), worth, ...(unpaid > 0 && { unpaid }), fees, amount, way } },
    ...ask(returnId, outstanding(now) + amount, now),
  ];
};

/** Of a blind return: by the caller's prices, at most for the units that were approved. */
export const worthOfBlind = (before: ReadonlyMap<string, Line>, after: ReadonlyMap<string, Line>, currency: string) =>
  [...after].reduce((all, [lineId, { unitPrice, approved, back }]) => {
    const worth = (units: number) => lineTotal({ ...unitPrice, currency }, units).amount;
    const line = before.get(lineId);
    return all + worth(Math.min(approved, back)) - (line ? worth(Math.min(line.approved, line.back)) : 0);
  }, 0);

/** Nothing while a request is under way, or when a till pays out. */
const ask = (returnId: string, amount: number, now: Readonly<Return>): ReturnEvent[] => {
  if (amount <= 0 || now.asked > 0) return [];
  const { way, currency, orderId } = now;
  const refundId = `return/${returnId}/${now.requests + 1}`;
  if (way === 'elsewhere') return [{ type: 'ReturnRefunded', data: { ...ofOrder(now), amount, by: way } }];
  if (way === 'store-credit') return [credit({ returnId, refundId, amount, currency }, now)];
  return way === 'original' && orderId !== undefined
    ? [{ type: 'ReturnRefundRequested', data: { orderId, returnId, refundId, amount, currency } }]
    : [];
};

interface Asked {
  readonly returnId: string;
  readonly refundId: string;
  readonly amount: number;
  readonly currency: string;
}

const credit = (asked: Asked, now: Readonly<Return>): ReturnEvent => {
  const { customerId, giftCardId = returnCreditIdOf(asked.returnId) } = now;
  return { type: 'ReturnCreditRequested', data: { ...ofOrder(now), ...present({ customerId }), ...asked, giftCardId } };
};

export const exchange = ({ returnId, newOrderId }: Data<'ExchangeReturn'>, now: Readonly<Return>): ReturnEvent[] => {
  checkIdle(returnId, now);
  if (now.refunded > 0) throw new DomainError('return-refunded', `The money of return ${returnId} has been given back`);
  const giftCardId = returnCreditIdOf(returnId);
  const exchanged = { ...now, way: 'store-credit' as const, giftCardId };
  return [
    { type: 'ReturnExchanged', data: { ...ofOrder(now), newOrderId, giftCardId } },
    ...ask(returnId, outstanding(now), exchanged),
  ];
};

/** A fact. What has become due since the request is requested next; what failed waits for a person. */
export const refunded = ({ returnId, amount }: Data<'RecordReturnRefund'>, now: Readonly<Return>): ReturnEvent[] => {
  if (amount <= 0) return [];
  const by = now.way === 'store-credit' ? 'store-credit' : 'payments';
  const after = { ...now, asked: Math.max(0, now.asked - amount), refunded: now.refunded + amount };
  return [
    { type: 'ReturnRefunded', data: { ...ofOrder(now), amount, by } },
    ...(now.asked > 0 ? ask(returnId, outstanding(after), after) : []),
  ];
};

export const failed = ({ code }: Data<'RecordReturnRefundFailure'>, now: Readonly<Return>): ReturnEvent[] =>
  now.asked > 0 ? [{ type: 'ReturnRefundFailed', data: { ...ofOrder(now), code } }] : [];

export const retry = ({ returnId }: Data<'RetryReturnRefund'>, now: Readonly<Return>): ReturnEvent[] => {
  checkIdle(returnId, now);
  return ask(returnId, checkOutstanding(returnId, now), now);
};

export const payOut = ({ returnId, locationId }: Data<'PayOutReturn'>, now: Readonly<Return>): ReturnEvent[] => {
  checkIdle(returnId, now);
  const amount = checkOutstanding(returnId, now);
  return [{ type: 'ReturnRefunded', data: { ...ofOrder(now), amount, by: 'cash', locationId } }];
};

const checkIdle = (returnId: string, { asked }: Readonly<Return>) => {
  if (asked > 0) throw new DomainError('refund-under-way', `${asked} of return ${returnId} are being given back`);
};

const checkOutstanding = (returnId: string, now: Readonly<Return>): number => {
  const amount = outstanding(now);
  if (amount > 0) return amount;
  throw new DomainError('nothing-to-refund', `No money of return ${returnId} is due`);
};
