/**
 * From a return that is asked for to its money. The order says whether the units may come back and what they are worth,
 * the return remembers, and this carries messages between them; it remembers nothing. What became of the goods is booked
 * by another process, so that neither waits for the other.
 */
import { type Happened, type Intent, type Process } from '#kernel';
import { type OrderEvent } from '#orders';
import { type ReturnEvent, type UnitsOfLine } from '#returns';
import { type GiftCardEvent } from '#vouchers';
import { type CommandRefused } from './command-refused.js';

type Heard = ReturnEvent | OrderEvent | GiftCardEvent | CommandRefused;

const onReturn = (returnId: string, event: ReturnEvent): Intent[] => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- a process waits for few of many events
  switch (event.type) {
    case 'ReturnRequested': {
      const { orderId, lines } = event.data;
      if (orderId === undefined) return [{ type: 'AcceptReturn', data: { returnId } }];
      return [{ type: 'AnnounceReturn', data: { orderId, returnId, lines: lines.map(units) } }];
    }
    case 'ReturnApproved':
    case 'ReturnItemsInspected':
      return takeBack(returnId, event.data);
    case 'ReturnCreditRequested': {
      const { giftCardId, refundId, amount, currency, customerId, orderId } = event.data;
      const whose = { ...(customerId !== undefined && { customerId }), ...(orderId !== undefined && { orderId }) };
      const data = { giftCardId, operationId: refundId, amount, currency, reason: 'return', ...whose };
      return [{ type: 'IssueStoreCredit', data }];
    }
    case 'ReturnDeclined':
    case 'ReturnClosed':
      return event.data.orderId === undefined
        ? []
        : [{ type: 'WithdrawReturn', data: { orderId: event.data.orderId, returnId } }];
    default:
      return [];
  }
};

interface Accepted {
  readonly orderId?: string;
  readonly accepted: readonly UnitsOfLine[];
  readonly refundShipping?: true;
}

const takeBack = (returnId: string, { orderId, accepted, refundShipping }: Accepted): Intent[] =>
  orderId === undefined || accepted.length === 0
    ? []
    : [
        {
          type: 'RecordReturned',
          data: { orderId, returnId, lines: accepted, ...(refundShipping && { refundCharges: true }) },
        },
      ];

const units = ({ lineId, quantity }: UnitsOfLine) => ({ lineId, quantity });

const onRefusal = (returnId: string, { command, code }: CommandRefused['data']): Intent[] => {
  if (command === 'AnnounceReturn') return [{ type: 'DeclineReturn', data: { returnId, reason: code } }];
  if (command === 'IssueStoreCredit') return [{ type: 'RecordReturnRefundFailure', data: { returnId, code } }];
  if (command === 'RecordReturned') throw new Error(`${command} was refused: ${code}`); // must not be forgotten
  return [];
};

const intentsOf = (returnId: string, event: Heard): Intent[] => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- a process waits for few of many events
  switch (event.type) {
    case 'OrderReturnAnnounced':
      return [{ type: 'AcceptReturn', data: { returnId } }];
    case 'OrderReturnRefused':
      return [{ type: 'DeclineReturn', data: { returnId, reason: event.data.reason } }];
    case 'OrderLinesReturned': {
      const { refund: worth, unpaid } = event.data;
      return [{ type: 'AssessReturn', data: { returnId, worth, ...(unpaid !== undefined && { unpaid }) } }];
    }
    case 'StoreCreditIssued':
      return [{ type: 'RecordReturnRefund', data: { returnId, amount: event.data.amount } }];
    case 'CommandRefused':
      return onRefusal(returnId, event.data);
    default:
      return onReturn(returnId, event as ReturnEvent);
  }
};

/** Of the credit that a return asked for: `return/<returnId>/<n>`. */
const creditOf = (event: Heard) =>
  event.type === 'StoreCreditIssued' && event.data.operationId.startsWith('return/')
    ? event.data.operationId.split('/')[1]
    : undefined;

const FROM_ORDER = new Set(['OrderReturnAnnounced', 'OrderReturnRefused', 'OrderLinesReturned']);

export const returns: Process<undefined, Heard> = {
  name: 'returns',
  stateless: true,
  categories: ['return', 'order', 'giftcard'],
  instanceOf: ({ stream, event }: Happened<Heard>) => {
    if (stream.startsWith('return-')) return stream.slice('return-'.length);
    return FROM_ORDER.has(event.type) ? (event.data as { returnId: string }).returnId : creditOf(event);
  },
  react: (_, { event, stream }) => ({ state: undefined, intents: intentsOf(returnIdOf(stream, event), event) }),
};

const returnIdOf = (stream: string, event: Heard) => returns.instanceOf({ stream, event } as Happened<Heard>) ?? '';
