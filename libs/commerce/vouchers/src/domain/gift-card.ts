/**
 * A gift card, or the store credit of a customer.
 *
 *   balance   = issued + credited + adjusted − redeemed − forfeited ≥ 0
 *   available = balance − Σ what is left of the holds               ≥ 0
 */
import { DomainError, type Cause, type Decider, type EventDefinition, type EventDefinitions } from '#kernel';
import { begin, isNewHold, partOf, redeem, refund, refundOf, release, remember, type Holds } from './holds.js';
import { type DeclineCode, type GiftCardCommand, type GiftCardEvent } from './instrument-messages.js';

type Data<Type extends GiftCardCommand['type']> = Extract<GiftCardCommand, { type: Type }>['data'];

interface GiftCard extends Holds {
  /** None until it is issued. */
  currency?: string;
  balance: number;
  held: number;
  expiresAt?: string | undefined;
  /** Credits and corrections without a hold. */
  readonly entries: Set<string>;
}

const initialState = (): GiftCard => ({
  balance: 0,
  held: 0,
  holds: new Map(),
  operations: new Set(),
  entries: new Set(),
});

const decide = ({ type, data }: GiftCardCommand, card: Readonly<GiftCard>, cause: Cause): GiftCardEvent[] => {
  switch (type) {
    case 'IssueGiftCard':
      return issue(data, card, cause);
    case 'IssueStoreCredit':
      return credit(data, card);
    case 'AdjustBalance':
      return adjust(data, card);
    case 'ExpireGiftCard':
      return hasRunOut(card, cause) ? [{ type: 'GiftCardExpired', data: { forfeited: card.balance - card.held } }] : [];
    case 'HoldBalance':
      return hold(data, card, cause);
    case 'RedeemHold': {
      const part = partOf(card, data);
      return part ? [{ type: 'HoldRedeemed', data: part }] : [];
    }
    case 'ReleaseHold': {
      const part = partOf(card, data);
      return part ? [{ type: 'HoldReleased', data: part }] : [];
    }
    case 'CreditBalance': {
      const part = refundOf(card, data);
      return part ? [{ type: 'BalanceCredited', data: { ...part, reason: data.reason } }] : [];
    }
  }
};

const issue = (
  { giftCardId, ...data }: Data<'IssueGiftCard'>,
  card: Readonly<GiftCard>,
  cause: Cause,
): GiftCardEvent[] => {
  if (card.currency !== undefined) {
    throw new DomainError('gift-card-exists', 'There is a gift card of this code: take another', { giftCardId });
  }
  if (data.expiresAt !== undefined && data.expiresAt <= cause.occurredAt) throw expiryPassed();
  return [{ type: 'GiftCardIssued', data }];
};

const expiryPassed = () => new DomainError('expiry-passed', 'It would have ended before it began');

const credit = (data: Data<'IssueStoreCredit'>, card: Readonly<GiftCard>): GiftCardEvent[] => {
  const { operationId, amount, currency, reason, customerId, orderId } = data;
  if (card.entries.has(operationId)) return [];
  if (card.currency !== undefined && card.currency !== currency) {
    throw new DomainError('other-currency', `It is kept in ${card.currency}`, { currency: card.currency });
  }
  const credited: GiftCardEvent = {
    type: 'StoreCreditIssued',
    data: { operationId, amount, reason, ...(orderId !== undefined && { orderId }) },
  };
  if (card.currency !== undefined) return [credited];
  const owner = customerId === undefined ? {} : { customerId };
  return [{ type: 'GiftCardIssued', data: { amount: 0, currency, ...owner } }, credited];
};

const adjust = ({ operationId, delta, reason }: Data<'AdjustBalance'>, card: Readonly<GiftCard>): GiftCardEvent[] => {
  if (card.currency === undefined) throw new DomainError('gift-card-not-found', 'There is no such gift card');
  if (card.entries.has(operationId)) return [];
  const available = card.balance - card.held;
  if (available + delta < 0) {
    throw new DomainError('balance-too-low', `Only ${available} can be taken away`, { available });
  }
  return [{ type: 'BalanceAdjusted', data: { operationId, delta, reason } }];
};

const hasRunOut = ({ expiresAt }: Readonly<GiftCard>, { occurredAt }: Cause) =>
  expiresAt !== undefined && expiresAt <= occurredAt;

const hold = (data: Data<'HoldBalance'>, card: Readonly<GiftCard>, cause: Cause): GiftCardEvent[] => {
  if (!isNewHold(card, data)) return [];
  const { holdId, operationId, orderId, amount } = data;
  const unfit = unfitness(card, data.currency, cause);
  const available = unfit ? 0 : card.balance - card.held;
  const held = { holdId, operationId, orderId, amount };
  return amount <= available
    ? [{ type: 'BalanceHeld', data: held }]
    : [{ type: 'BalanceHoldDeclined', data: { ...held, available, code: unfit ?? 'insufficient' } }];
};

const unfitness = (card: Readonly<GiftCard>, currency: string, cause: Cause): DeclineCode | undefined => {
  if (card.currency === undefined) return 'unknown';
  if (card.currency !== currency) return 'other-currency';
  return hasRunOut(card, cause) ? 'expired' : undefined;
};

const evolve = (card: GiftCard, { type, data }: GiftCardEvent): GiftCard => {
  switch (type) {
    case 'GiftCardIssued':
      card.currency = data.currency;
      card.expiresAt = data.expiresAt;
      card.balance += data.amount;
      return card;
    case 'StoreCreditIssued':
      card.entries.add(data.operationId);
      card.balance += data.amount;
      return card;
    case 'BalanceAdjusted':
      card.entries.add(data.operationId);
      card.balance += data.delta;
      return card;
    case 'GiftCardExpired':
      card.expiresAt = undefined;
      card.balance -= data.forfeited;
      return card;
    case 'BalanceHeld':
      card.held += data.amount;
      return begin(card, data);
    case 'BalanceHoldDeclined':
      return remember(card, data);
    case 'HoldRedeemed':
      card.balance -= data.amount;
      card.held -= data.amount;
      return redeem(card, data);
    case 'HoldReleased':
      card.held -= data.amount;
      return release(card, data);
    case 'BalanceCredited':
      card.balance += data.amount;
      return refund(card, data);
  }
};

const first: EventDefinition = { version: 1 };

const events: EventDefinitions<GiftCardEvent> = {
  GiftCardIssued: { version: 1, first: true },
  StoreCreditIssued: first,
  BalanceAdjusted: first,
  GiftCardExpired: first,
  BalanceHeld: first,
  BalanceHoldDeclined: first,
  HoldRedeemed: first,
  HoldReleased: first,
  BalanceCredited: first,
};

const decider: Decider<GiftCard, GiftCardCommand, GiftCardEvent> = { initialState, decide, evolve };

/** A {@link StreamType} of #event-store; the domain does not import it. */
export const giftCard = { category: 'giftcard', decider, events, creates: ['IssueGiftCard'] as const };
