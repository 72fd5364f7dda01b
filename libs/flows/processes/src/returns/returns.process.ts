/**
 * Passes messages between a return, its order and its store credit; it has no state. Restocking is another policy, so that
 * neither waits for the other.
 *
 *   1. ReturnRequested          → AnnounceReturn to the order; a return without an order is accepted at once
 *   2. OrderReturnAnnounced     → AcceptReturn        (OrderReturnRefused → DeclineReturn)
 *   3. ReturnApproved, ReturnItemsInspected → RecordReturned of the accepted units
 *   4. OrderLinesReturned       → AssessReturn with the value of the units
 *   5. ReturnCreditRequested    → IssueStoreCredit;   StoreCreditIssued → RecordReturnRefund
 *
 * ReturnDeclined and ReturnClosed → WithdrawReturn, so that the order keeps no units for the return. The settlement
 * refunds to the payments of the order.
 */
import { idOf } from '#event-store';
import { type Named } from '#kernel';
import { order, type LineQuantity, type OrderCommand } from '#orders';
import { eventsOf, joinInputs, policy, type CommandRefused, type InputOf } from '#process-manager';
import { goodsReturn, type ReturnCommand, type ReturnEvent } from '#returns';
import { giftCard, type GiftCardCommand } from '#vouchers';
import { parkOnRefusal } from '../refusals.js';

const inputs = joinInputs(
  eventsOf([goodsReturn]).except(
    'ReturnRecorded',
    'ReturnReceived',
    'ReturnExchanged',
    'ReturnAssessed',
    'ReturnRefundRequested',
    'ReturnRefunded',
    'ReturnRefundFailed',
  ),
  eventsOf([order]).only('OrderReturnAnnounced', 'OrderReturnRefused', 'OrderLinesReturned'),
  eventsOf([giftCard]).only('StoreCreditIssued'),
);
type ReturnsEvent = InputOf<typeof inputs>;

type ReturnsCommand =
  | Named<
      ReturnCommand,
      'AcceptReturn' | 'DeclineReturn' | 'AssessReturn' | 'RecordReturnRefund' | 'RecordReturnRefundFailure'
    >
  | Named<OrderCommand, 'AnnounceReturn' | 'RecordReturned' | 'WithdrawReturn'>
  | Named<GiftCardCommand, 'IssueStoreCredit'>;

export const returns = policy<ReturnsEvent, ReturnsCommand>({
  name: 'returns',
  inputs,
  instanceOf: ({ stream, event }) => {
    if (event.type === 'StoreCreditIssued') return returnOfCredit(event.data.operationId);
    return 'returnId' in event.data ? event.data.returnId : idOf(stream);
  },
  commandsAfter: ({ event }, returnId) => {
    switch (event.type) {
      case 'ReturnRequested':
        return [announceOrAccept(returnId, event.data)];
      case 'ReturnApproved':
      case 'ReturnItemsInspected':
        return recordReturned(returnId, event.data);
      case 'ReturnCreditRequested':
        return [issueCredit(event.data)];
      case 'ReturnDeclined':
      case 'ReturnClosed':
        return withdraw(returnId, event.data.orderId);
      case 'OrderReturnAnnounced':
        return [{ type: 'AcceptReturn', data: { returnId } }];
      case 'OrderReturnRefused':
        return [decline(returnId, event.data)];
      case 'OrderLinesReturned':
        return [assess(returnId, event.data)];
      case 'StoreCreditIssued':
        return [{ type: 'RecordReturnRefund', data: { returnId, amount: event.data.amount } }];
      case 'CommandRefused':
        return afterRefusal(returnId, event.data);
    }
  },
});

/** @param operationId for a return, `return/<returnId>/<n>` */
const returnOfCredit = (operationId: string) =>
  operationId.startsWith('return/') ? operationId.split('/')[1] : undefined;

type Data<Type extends ReturnEvent['type']> = Named<ReturnEvent, Type>['data'];

const announceOrAccept = (returnId: string, { orderId, lines }: Data<'ReturnRequested'>): ReturnsCommand => {
  if (orderId === undefined) return { type: 'AcceptReturn', data: { returnId } };
  const units = lines.map(({ lineId, quantity }): LineQuantity => ({ lineId, quantity }));
  return { type: 'AnnounceReturn', data: { orderId, returnId, lines: units } };
};

const decline = (
  returnId: string,
  { reason, returnable }: { readonly reason: string; readonly returnable?: readonly LineQuantity[] },
): ReturnsCommand => ({ type: 'DeclineReturn', data: { returnId, reason, ...(returnable && { returnable }) } });

const recordReturned = (
  returnId: string,
  { orderId, accepted, refundShipping }: Data<'ReturnApproved' | 'ReturnItemsInspected'>,
): ReturnsCommand[] => {
  if (orderId === undefined || accepted.length === 0) return [];
  const data = { orderId, returnId, lines: accepted, ...(refundShipping && { refundCharges: refundShipping }) };
  return [{ type: 'RecordReturned', data }];
};

const assess = (
  returnId: string,
  { refund: worth, unpaid }: { readonly refund: number; readonly unpaid?: number },
): ReturnsCommand => ({ type: 'AssessReturn', data: { returnId, worth, ...(unpaid !== undefined && { unpaid }) } });

const issueCredit = (requested: Data<'ReturnCreditRequested'>): ReturnsCommand => {
  const { giftCardId, refundId: operationId, amount, currency, customerId, orderId } = requested;
  const owner = { ...(customerId !== undefined && { customerId }), ...(orderId !== undefined && { orderId }) };
  return {
    type: 'IssueStoreCredit',
    data: { giftCardId, operationId, amount, currency, reason: 'return', ...owner },
  };
};

const withdraw = (returnId: string, orderId: string | undefined): ReturnsCommand[] =>
  orderId === undefined ? [] : [{ type: 'WithdrawReturn', data: { orderId, returnId } }];

/** @throws Error if the order refuses to record the units, which have come back and must be recorded */
const afterRefusal = (returnId: string, refusal: CommandRefused<ReturnsCommand>['data']): ReturnsCommand[] => {
  const { command, code } = refusal;
  switch (command.type) {
    case 'AnnounceReturn':
      return [{ type: 'DeclineReturn', data: { returnId, reason: code } }];
    case 'IssueStoreCredit':
      return [{ type: 'RecordReturnRefundFailure', data: { returnId, code } }];
    case 'RecordReturned':
      return parkOnRefusal(refusal);
    case 'AcceptReturn':
    case 'DeclineReturn':
    case 'AssessReturn':
    case 'RecordReturnRefund':
    case 'RecordReturnRefundFailure':
    case 'WithdrawReturn':
      return []; // the return or the order has done this step already
  }
};
