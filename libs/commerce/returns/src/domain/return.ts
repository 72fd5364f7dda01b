/**
 * A return: stream `return-<returnId>`. Either a fact in one event, or a life of its own:
 *
 *   requested ──approve──▶ approved ──all units here or missing, all money given──▶ closed
 *       └────decline─────▶ declined           (goods that arrive later are booked all the same)
 */
import { DomainError, WIDENED, type Decider, type EventDefinitions } from '#kernel';
import { record, type RecordReturn } from './recorded-return.js';
import { present } from './return-lines.js';
import { inspect, ofOrder, receive } from './return-goods.js';
import { type RmaCommand } from './return-messages.js';
import { assess, exchange, failed, payOut, refunded, retry, worthOfBlind } from './return-money.js';
import { approve, decline, ended, request } from './return-request.js';
import { evolve } from './return-evolve.js';
import { initialState, isComplete, isSettled, type Return, type ReturnEvent } from './return-state.js';

export type ReturnCommand = RecordReturn | RmaCommand;

type Change = Exclude<RmaCommand, { type: 'RequestReturn' }>;

const decide = (command: ReturnCommand, now: Readonly<Return>): ReturnEvent[] => {
  const { returnId } = command.data;
  if (command.type === 'RecordReturn' || command.type === 'RequestReturn') {
    if (now.status !== 'none') throw new DomainError('return-exists', `There is a return ${returnId} already`);
    return begin(command);
  }
  if (now.status === 'none') throw new DomainError('return-not-found', `There is no return ${returnId}`);
  if (now.status === 'recorded') throw ended(returnId, now);
  return withEnd(returnId, change(command, now), now);
};

const begin = (command: Extract<ReturnCommand, { type: 'RecordReturn' | 'RequestReturn' }>): ReturnEvent[] => {
  if (command.type === 'RequestReturn') return request(command.data);
  const { externalRef, customerId, currency, lines, credits, attributes } = command.data;
  return record(present({ externalRef, customerId, currency, lines, credits, attributes }));
};

const change = (command: Change, now: Readonly<Return>): ReturnEvent[] => {
  switch (command.type) {
    case 'AcceptReturn':
      return now.status === 'requested' && !now.needsApproval ? approve(command.data, now) : [];
    case 'ApproveReturn':
      return approve(command.data, now);
    case 'DeclineReturn':
      return decline(command.data, now);
    case 'ReceiveReturn':
      return receive(command.data, now);
    case 'InspectReturn':
      return inspect(command.data, now);
    case 'CloseReturn':
      return close(command.data.returnId, now);
    case 'ExchangeReturn':
    case 'AssessReturn':
    case 'RecordReturnRefund':
    case 'RecordReturnRefundFailure':
    case 'RetryReturnRefund':
    case 'PayOutReturn':
      return changeMoney(command, now);
  }
};

type MoneyCommand = Extract<
  Change,
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

const changeMoney = (command: MoneyCommand, now: Readonly<Return>): ReturnEvent[] => {
  switch (command.type) {
    case 'ExchangeReturn':
      if (now.status === 'declined' || now.status === 'closed') throw ended(command.data.returnId, now);
      return exchange(command.data, now);
    case 'AssessReturn':
      return assess(command.data, now);
    case 'RecordReturnRefund':
      return refunded(command.data, now);
    case 'RecordReturnRefundFailure':
      return failed(command.data, now);
    case 'RetryReturnRefund':
      return retry(command.data, now);
    case 'PayOutReturn':
      return payOut(command.data, now);
  }
};

/** A person gives up on units that have not come. */
const close = (returnId: string, now: Readonly<Return>): ReturnEvent[] => {
  if (now.status === 'closed' || now.status === 'declined') return [];
  if (now.status === 'requested') throw new DomainError('return-pending', `Return ${returnId} has no answer yet`);
  if (isSettled(now)) return [{ type: 'ReturnClosed', data: ofOrder(now) }];
  throw new DomainError('return-open', `Goods of return ${returnId} wait to be inspected, or money to be given back`);
};

/** What follows at once: the worth of a blind return, and its end once nothing is left to do. */
const withEnd = (returnId: string, decided: readonly ReturnEvent[], now: Readonly<Return>): ReturnEvent[] => {
  const events = [...decided];
  let after = events.reduce(evolve, structuredClone(now));
  if (after.orderId === undefined && after.unassessed > now.unassessed) {
    const assessed = assess({ returnId, worth: worthOfBlind(now.lines, after.lines, now.currency) }, after);
    events.push(...assessed);
    after = assessed.reduce(evolve, after);
  }
  if (isComplete(after)) events.push({ type: 'ReturnClosed', data: ofOrder(now) });
  return events;
};

const decider: Decider<Return, ReturnCommand, ReturnEvent> = { initialState, decide, evolve };

const events: EventDefinitions<ReturnEvent> = {
  ReturnRecorded: { version: 1, first: true },
  ReturnRequested: { version: 1, first: true },
  ReturnApproved: { version: 1 },
  ReturnDeclined: { version: 1 },
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
