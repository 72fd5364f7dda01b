/** What decisions about a return need to know. The fold changes it in place. */
import { saturatingAdd } from '#kernel';
import { type ReturnRecorded } from './recorded-return.js';
import { type RefundWay, type RequestedLine, type ReturnFee, type RmaEvent } from './return-messages.js';

export type ReturnEvent = ReturnRecorded | RmaEvent;

export interface LineState extends RequestedLine {
  approved: number;
  /** Units that were inspected and are not missing. */
  returned: number;
  missing: number;
}

export interface Return {
  status: 'none' | 'recorded' | 'requested' | 'approved' | 'declined' | 'closed';
  orderId?: string;
  customerId?: string;
  currency: string;
  /** Where the refund goes. */
  way: RefundWay;
  isClaim: boolean;
  needsApproval: boolean;
  refundShipping: boolean;
  readonly lines: Map<string, LineState>;
  /** Location → line → units that were received and not inspected. */
  readonly uninspected: Map<string, Map<string, number>>;
  /** Fees that are not yet deducted, in minor units. */
  fees: number;
  /** How often units were accepted whose worth is not known yet. */
  pendingAssessments: number;
  /** Minor units. */
  due: number;
  refunded: number;
  /** Minor units of the refund that is requested and has no answer yet. */
  pendingRefund: number;
  refundRequests: number;
  giftCardId?: string;
}

export const initialState = (): Return => ({
  status: 'none',
  currency: '',
  way: 'none',
  isClaim: false,
  needsApproval: false,
  refundShipping: false,
  lines: new Map(),
  uninspected: new Map(),
  fees: 0,
  pendingAssessments: 0,
  due: 0,
  refunded: 0,
  pendingRefund: 0,
  refundRequests: 0,
});

/** At most the largest safe integer: fees never exceed what they are deducted from. */
export const sumOfFees = (fees: readonly ReturnFee[] = []) =>
  fees.reduce((all, { amount }) => saturatingAdd(all, amount), 0);

export const outstanding = ({ due, refunded }: Readonly<Return>) => due - refunded;

export const uninspectedAt = ({ uninspected }: Readonly<Return>, locationId: string, lineId: string) =>
  uninspected.get(locationId)?.get(lineId) ?? 0;

/** Whether all units are returned or missing and all money is refunded. */
export const isComplete = (state: Readonly<Return>) =>
  state.status === 'approved' && isSettled(state) && (state.isClaim || state.lines.values().every(isAccountedFor));

/** Whether nothing waits for an inspection, an assessment or a refund. */
export const isSettled = (state: Readonly<Return>) =>
  state.pendingAssessments === 0 && state.pendingRefund === 0 && outstanding(state) <= 0 && !hasUninspectedGoods(state);

const isAccountedFor = ({ approved, returned, missing }: LineState) => returned + missing >= approved;

const hasUninspectedGoods = ({ uninspected }: Readonly<Return>) =>
  uninspected.values().some((lines) => lines.values().some((units) => units > 0));
