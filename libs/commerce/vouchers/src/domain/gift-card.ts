/**
 * A gift card, or the store credit of a customer. Amounts are in minor units.
 *
 *   balance   = issued + credited + adjusted − redeemed − forfeited ≥ 0
 *   available = balance − Σ remaining amounts of the holds          ≥ 0
 */
import {
  amountOutOfRange,
  DomainError,
  WIDENED,
  type Cause,
  type DecisionCause,
  type Decider,
  type EventDefinition,
  type EventDefinitions,
} from '#kernel';
import {
  startHold,
  isNewHold,
  takePart,
  redeemHold,
  refundHold,
  refundPart,
  releaseHold,
  rememberOperation,
  type Holds,
} from './holds.js';
import { type DeclineCode, type GiftCardCommand, type GiftCardEvent } from './instrument-messages.js';

type CommandData<Type extends GiftCardCommand['type']> = Extract<GiftCardCommand, { type: Type }>['data'];

interface GiftCard extends Holds {
  /** Undefined until it is issued. */
  currency?: string;
  /** All that was ever issued, credited or added by corrections. Every other sum of the card is at most this one. */
  totalIssued: number;
  balance: number;
  held: number;
  expiresAt?: string | undefined;
  /** Ids of credits and corrections that belong to no hold. */
  readonly entryIds: Set<string>;
}

const initialState = (): GiftCard => ({
  totalIssued: 0,
  balance: 0,
  held: 0,
  holds: new Map(),
  operations: new Set(),
  entryIds: new Set(),
});

/**
 * An expiry that nobody has recorded yet comes before what gives the card an amount, because only what was there expires.
 * @throws DomainError `amount-out-of-range`
 */
const decide = (command: GiftCardCommand, card: Readonly<GiftCard>, cause: DecisionCause): GiftCardEvent[] => {
  const events = decideChange(command, card, cause);
  if (!Number.isSafeInteger(events.reduce(addIssued, card.totalIssued)))
    throw amountOutOfRange('All amounts that were ever added to the gift card');
  return events.some(addsToBalance) && hasExpired(card, cause) ? [expiryOf(card), ...events] : events;
};

/** Adds the new money of an event. What is released or refunded to the card was issued before. */
const addIssued = (totalIssued: number, { type, data }: GiftCardEvent) => {
  if (type === 'GiftCardIssued' || type === 'StoreCreditIssued') return totalIssued + data.amount;
  return type === 'BalanceAdjusted' ? totalIssued + Math.max(0, data.delta) : totalIssued;
};

const addsToBalance = ({ type, data }: GiftCardEvent) =>
  type === 'BalanceCredited' || type === 'HoldReleased' || (type === 'BalanceAdjusted' && data.delta > 0);

const decideChange = (
  { type, data }: GiftCardCommand,
  card: Readonly<GiftCard>,
  cause: DecisionCause,
): GiftCardEvent[] => {
  switch (type) {
    case 'IssueGiftCard':
      return issueGiftCard(data, card, cause);
    case 'IssueStoreCredit':
      return issueStoreCredit(data, card);
    case 'AdjustBalance':
      return adjustBalance(data, card);
    case 'ExpireGiftCard':
      return hasExpired(card, cause) ? [expiryOf(card)] : [];
    case 'HoldBalance':
      return holdBalance(data, card, cause);
    case 'RedeemHold': {
      const part = takePart(card, data);
      return part ? [{ type: 'HoldRedeemed', data: part }] : [];
    }
    case 'ReleaseHold': {
      const part = takePart(card, data);
      return part ? [{ type: 'HoldReleased', data: part }] : [];
    }
    case 'CreditBalance': {
      const part = refundPart(card, data);
      return part ? [{ type: 'BalanceCredited', data: { ...part, reason: data.reason } }] : [];
    }
  }
};

const issueGiftCard = (
  { giftCardId, ...data }: CommandData<'IssueGiftCard'>,
  card: Readonly<GiftCard>,
  cause: DecisionCause,
): GiftCardEvent[] => {
  if (card.currency !== undefined) {
    throw new DomainError('gift-card-exists', 'There is a gift card with this code already: use another code', {
      giftCardId,
    });
  }
  if (data.expiresAt !== undefined && data.expiresAt <= cause.decidedAt) throw expiryPassed();
  return [{ type: 'GiftCardIssued', data }];
};

const expiryPassed = () => new DomainError('expiry-passed', 'The gift card would expire before it is issued');

const issueStoreCredit = (data: CommandData<'IssueStoreCredit'>, card: Readonly<GiftCard>): GiftCardEvent[] => {
  const { operationId, amount, currency, reason, note, customerId, orderId } = data;
  if (card.entryIds.has(operationId)) return [];
  if (card.currency !== undefined && card.currency !== currency) {
    throw new DomainError('other-currency', `The store credit is kept in ${card.currency}`, {
      currency: card.currency,
    });
  }
  const credited: GiftCardEvent = {
    type: 'StoreCreditIssued',
    data: {
      operationId,
      amount,
      reason,
      ...(note !== undefined && { note }),
      ...(orderId !== undefined && { orderId }),
    },
  };
  if (card.currency !== undefined) return [credited];
  const owner = customerId === undefined ? {} : { customerId };
  return [{ type: 'GiftCardIssued', data: { amount: 0, currency, ...owner } }, credited];
};

const adjustBalance = (
  { operationId, delta, reason, note }: CommandData<'AdjustBalance'>,
  card: Readonly<GiftCard>,
): GiftCardEvent[] => {
  if (card.currency === undefined) throw new DomainError('gift-card-not-found', 'There is no such gift card');
  if (card.entryIds.has(operationId)) return [];
  const available = card.balance - card.held;
  if (available + delta < 0) {
    throw new DomainError('balance-too-low', `Only ${available} minor units can be taken away`, { available });
  }
  return [{ type: 'BalanceAdjusted', data: { operationId, delta, reason, ...(note !== undefined && { note }) } }];
};

const hasExpired = ({ expiresAt }: Readonly<GiftCard>, { occurredAt }: Cause) =>
  expiresAt !== undefined && expiresAt <= occurredAt;

const expiryOf = ({ balance, held }: Readonly<GiftCard>): GiftCardEvent => ({
  type: 'GiftCardExpired',
  data: { forfeited: balance - held },
});

const holdBalance = (
  data: CommandData<'HoldBalance'>,
  card: Readonly<GiftCard>,
  cause: DecisionCause,
): GiftCardEvent[] => {
  if (!isNewHold(card, data)) return [];
  const { holdId, operationId, orderId, amount } = data;
  const code = declineCode(card, data.currency, cause);
  const available = code ? 0 : card.balance - card.held;
  const held = { holdId, operationId, orderId, amount };
  return amount <= available
    ? [{ type: 'BalanceHeld', data: held }]
    : [{ type: 'BalanceHoldDeclined', data: { ...held, available, code: code ?? 'insufficient' } }];
};

const declineCode = (card: Readonly<GiftCard>, currency: string, cause: Cause): DeclineCode | undefined => {
  if (card.currency === undefined) return 'unknown';
  if (card.currency !== currency) return 'other-currency';
  return hasExpired(card, cause) ? 'expired' : undefined;
};

const evolve = (card: GiftCard, event: GiftCardEvent): GiftCard => {
  const { type, data } = event;
  card.totalIssued = addIssued(card.totalIssued, event);
  switch (type) {
    case 'GiftCardIssued':
      card.currency = data.currency;
      card.expiresAt = data.expiresAt;
      card.balance += data.amount;
      return card;
    case 'StoreCreditIssued':
      card.entryIds.add(data.operationId);
      card.balance += data.amount;
      return card;
    case 'BalanceAdjusted':
      card.entryIds.add(data.operationId);
      card.balance += data.delta;
      return card;
    case 'GiftCardExpired':
      card.expiresAt = undefined;
      card.balance -= data.forfeited;
      return card;
    case 'BalanceHeld':
      card.held += data.amount;
      return startHold(card, data);
    case 'BalanceHoldDeclined':
      return rememberOperation(card, data);
    case 'HoldRedeemed':
      card.balance -= data.amount;
      card.held -= data.amount;
      return redeemHold(card, data);
    case 'HoldReleased':
      card.held -= data.amount;
      return releaseHold(card, data);
    case 'BalanceCredited':
      card.balance += data.amount;
      return refundHold(card, data);
  }
};

const inVersion1: EventDefinition = { version: 1 };
const noted: EventDefinition = { version: 2, upcast: WIDENED, personal: { contract: ['note'] } };

const events: EventDefinitions<GiftCardEvent> = {
  GiftCardIssued: { version: 1, first: true },
  StoreCreditIssued: noted,
  BalanceAdjusted: noted,
  GiftCardExpired: inVersion1,
  BalanceHeld: inVersion1,
  BalanceHoldDeclined: inVersion1,
  HoldRedeemed: inVersion1,
  HoldReleased: inVersion1,
  BalanceCredited: inVersion1,
};

const decider: Decider<GiftCard, GiftCardCommand, GiftCardEvent> = { initialState, decide, evolve };

/** A {@link StreamType} of #event-store; the domain does not import it. */
export const giftCard = { category: 'giftcard', decider, events, creates: ['IssueGiftCard'] as const };
