/** What decisions about a return rest on. Changed in place by the fold. */
import { type ReturnRecorded } from './recorded-return.js';
import { type RefundWay, type RequestedLine, type ReturnFee, type ReturnProgress } from './return-messages.js';

export type ReturnEvent = ReturnRecorded | ReturnProgress;

export interface Line extends RequestedLine {
  approved: number;
  /** Inspected and not missing. */
  back: number;
  missing: number;
}

export interface Return {
  status: 'none' | 'recorded' | 'requested' | 'approved' | 'declined' | 'closed';
  orderId?: string;
  customerId?: string;
  currency: string;
  way: RefundWay;
  claim: boolean;
  needsApproval: boolean;
  refundShipping: boolean;
  readonly lines: Map<string, Line>;
  /** Received and not inspected, by location and line. */
  readonly waiting: Map<string, Map<string, number>>;
  /** Not yet kept back. */
  fees: number;
  /** Times that units were accepted and the order has not said yet what they were worth. */
  unassessed: number;
  due: number;
  refunded: number;
  /** Requested, without an answer yet. */
  asked: number;
  requests: number;
  giftCardId?: string;
}

export const initialState = (): Return => ({
  status: 'none',
  currency: '',
  way: 'none',
  claim: false,
  needsApproval: false,
  refundShipping: false,
  lines: new Map(),
  waiting: new Map(),
  fees: 0,
  unassessed: 0,
  due: 0,
  refunded: 0,
  asked: 0,
  requests: 0,
});

export const feesIn = (fees: readonly ReturnFee[] = []) => fees.reduce((all, { amount }) => all + amount, 0);

export const outstanding = ({ due, refunded }: Readonly<Return>) => due - refunded;

export const waitingAt = ({ waiting }: Readonly<Return>, locationId: string, lineId: string) =>
  waiting.get(locationId)?.get(lineId) ?? 0;

/** All units have come, or are known not to come, and all money has gone. */
export const isComplete = (now: Readonly<Return>) =>
  now.status === 'approved' && isSettled(now) && (now.claim || now.lines.values().every(hasCome));

/** Nothing is on its way. */
export const isSettled = (now: Readonly<Return>) =>
  now.unassessed === 0 && now.asked === 0 && outstanding(now) === 0 && !isWaiting(now);

const hasCome = ({ approved, back, missing }: Line) => back + missing >= approved;

const isWaiting = ({ waiting }: Readonly<Return>) =>
  waiting.values().some((lines) => lines.values().some((units) => units > 0));
