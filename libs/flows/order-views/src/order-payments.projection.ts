import { type PaymentEvent } from '#payments';
import { withAxes } from './order-axes.js';
import { type OrderStatus } from './order-status.projection.js';

/** Those that move money. */
export type MoneyEvent = Extract<
  PaymentEvent,
  { type: 'PaymentAuthorized' | 'PaymentCaptured' | 'PaymentVoided' | 'PaymentRefunded' }
>;

const MOVES: ReadonlySet<string> = new Set([
  'PaymentAuthorized',
  'PaymentCaptured',
  'PaymentVoided',
  'PaymentRefunded',
]);

export const movesMoney = (event: { readonly type: string }): event is MoneyEvent => MOVES.has(event.type);

/** Adds what a payment did to the order that it is for. */
export const withPayment = (row: OrderStatus, { type, data }: MoneyEvent): OrderStatus => {
  const { amount } = data;
  switch (type) {
    case 'PaymentAuthorized':
      return withAxes({ ...row, authorizedAmount: row.authorizedAmount + amount });
    case 'PaymentVoided':
      return withAxes({ ...row, authorizedAmount: row.authorizedAmount - amount });
    case 'PaymentCaptured':
      return withAxes({
        ...row,
        authorizedAmount: row.authorizedAmount - amount,
        capturedAmount: row.capturedAmount + amount,
      });
    case 'PaymentRefunded':
      return withAxes({ ...row, refundedAmount: row.refundedAmount + amount });
  }
};
