/**
 * A return: stream `return-<returnId>`. It is either recorded as an external fact in one event, or goes through these states:
 *
 *   requested ──approve──▶ approved ──all units returned or missing, all refunded──▶ closed
 *       └────decline─────▶ declined           (goods that arrive later are recorded all the same)
 */
import { DomainError, WIDENED, type Decider, type EventDefinitions } from '#kernel';
import { recordReturn, type RecordReturn } from './recorded-return.js';
import { definedFields } from './return-lines.js';
import { inspect, orderOf, receive } from './return-goods.js';
import { type RmaCommand } from './return-messages.js';
import {
  assessReturn,
  exchangeReturn,
  recordRefundFailure,
  payOutRefund,
  recordRefund,
  retryRefund,
  worthOfBlindReturn,
} from './return-money.js';
import { approve, decline, returnEnded, requestReturn } from './return-request.js';
import { evolve } from './return-evolve.js';
import { initialState, isComplete, isSettled, type Return, type ReturnEvent } from './return-state.js';

export type ReturnCommand = RecordReturn | RmaCommand;

type ReturnChange = Exclude<RmaCommand, { type: 'RequestReturn' }>;

const decide = (command: ReturnCommand, state: Readonly<Return>): ReturnEvent[] => {
  const { returnId } = command.data;
  if (command.type === 'RecordReturn' || command.type === 'RequestReturn') {
    if (state.status !== 'none') throw new DomainError('return-exists', `There is a return ${returnId} already`);
    return openReturn(command);
  }
  if (state.status === 'none') throw new DomainError('return-not-found', `There is no return ${returnId}`);
  if (state.status === 'recorded') throw returnEnded(returnId, state);
  return withConsequences(returnId, changeReturn(command, state), state);
};

const openReturn = (command: Extract<ReturnCommand, { type: 'RecordReturn' | 'RequestReturn' }>): ReturnEvent[] => {
  if (command.type === 'RequestReturn') return requestReturn(command.data);
  const { externalRef, customerId, currency, lines, credits, attributes } = command.data;
  return recordReturn(definedFields({ externalRef, customerId, currency, lines, credits, attributes }));
};

const changeReturn = (command: ReturnChange, state: Readonly<Return>): ReturnEvent[] => {
  switch (command.type) {
    case 'AcceptReturn':
      return state.status === 'requested' && !state.needsApproval ? approve(command.data, state) : [];
    case 'ApproveReturn':
      return approve(command.data, state);
    case 'DeclineReturn':
      return decline(command.data, state);
    case 'ReceiveReturn':
      return receive(command.data, state);
    case 'InspectReturn':
      return inspect(command.data, state);
    case 'CloseReturn':
      return close(command.data.returnId, state);
    case 'ExchangeReturn':
    case 'AssessReturn':
    case 'RecordReturnRefund':
    case 'RecordReturnRefundFailure':
    case 'RetryReturnRefund':
    case 'PayOutReturn':
      return changeMoney(command, state);
  }
};

type MoneyCommand = Extract<
  ReturnChange,
  {
    type:
      | 'ExchangeReturn'
      | 'AssessReturn'
      | 'RecordReturnRefund'
      | 'RecordReturnRefundFailure'
      | 'RetryReturnRefund'
      | 'PayOutReturn';
  }
>;

const changeMoney = (command: MoneyCommand, state: Readonly<Return>): ReturnEvent[] => {
  switch (command.type) {
    case 'ExchangeReturn':
      if (state.status === 'declined' || state.status === 'closed') throw returnEnded(command.data.returnId, state);
      return exchangeReturn(command.data, state);
    case 'AssessReturn':
      return assessReturn(command.data, state);
    case 'RecordReturnRefund':
      return recordRefund(command.data, state);
    case 'RecordReturnRefundFailure':
      return recordRefundFailure(command.data, state);
    case 'RetryReturnRefund':
      return retryRefund(command.data, state);
    case 'PayOutReturn':
      return payOutRefund(command.data, state);
  }
};

/** Ends a return although units have not arrived. */
const close = (returnId: string, state: Readonly<Return>): ReturnEvent[] => {
  if (state.status === 'closed' || state.status === 'declined') return [];
  if (state.status === 'requested')
    throw new DomainError('return-pending', `Return ${returnId} is not approved or declined yet`);
  if (isSettled(state)) return [{ type: 'ReturnClosed', data: orderOf(state) }];
  throw new DomainError('return-open', `Return ${returnId} has goods to be inspected, or money to be refunded`);
};

/** Adds the assessment of a blind return, and the end of a return that is complete. */
const withConsequences = (
  returnId: string,
  decided: readonly ReturnEvent[],
  state: Readonly<Return>,
): ReturnEvent[] => {
  const events = [...decided];
  let after = events.reduce(evolve, structuredClone(state));
  if (after.orderId === undefined && after.pendingAssessments > state.pendingAssessments) {
    const assessed = assessReturn(
      { returnId, worth: worthOfBlindReturn(state.lines, after.lines, state.currency) },
      after,
    );
    events.push(...assessed);
    after = assessed.reduce(evolve, after);
  }
  if (isComplete(after)) events.push({ type: 'ReturnClosed', data: orderOf(state) });
  return events;
};

const decider: Decider<Return, ReturnCommand, ReturnEvent> = { initialState, decide, evolve };

const events: EventDefinitions<ReturnEvent> = {
  ReturnRecorded: { version: 1, first: true },
  ReturnRequested: { version: 1, first: true },
  ReturnApproved: { version: 1 },
  ReturnDeclined: { version: 2, upcast: WIDENED },
  ReturnReceived: { version: 1 },
  ReturnItemsInspected: { version: 1 },
  ReturnExchanged: { version: 1 },
  ReturnAssessed: { version: 2, upcast: WIDENED },
  ReturnRefundRequested: { version: 1 },
  ReturnCreditRequested: { version: 1 },
  ReturnRefunded: { version: 1 },
  ReturnRefundFailed: { version: 1 },
  ReturnClosed: { version: 1 },
};

const creates: ReturnCommand['type'][] = ['RecordReturn', 'RequestReturn'];

export const goodsReturn = { category: 'return', decider, events, creates };
