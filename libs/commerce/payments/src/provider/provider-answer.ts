/** What providers write, as answer or webhook, read with suspicion. */
import { holdsCardNumber } from '#fields';
import { type PaymentResult } from '../domain/payment-messages.js';

/** As it is on the wire. */
export interface ProviderAnswer {
  readonly status: 'done' | 'declined';
  /** What was done, in minor units. */
  readonly amount?: number;
  readonly currency?: string;
  /** The provider's own name for it. */
  readonly reference?: string;
  /** Why it was declined. */
  readonly code?: string;
}

/** What an answer says; `unknown` where it cannot be understood, or is about other money. */
export const resultOf = (answer: unknown, currency?: string): PaymentResult => {
  const { status, code, ...rest } = (answer ?? {}) as Partial<ProviderAnswer>;
  if (status === 'declined') return { outcome: 'declined', code: clean(code) ?? 'declined' };
  if (status !== 'done') return { outcome: 'unknown', reason: 'the answer cannot be understood' };
  return doneOf(rest, currency);
};

const doneOf = (
  { amount, reference, currency: theirs }: Partial<ProviderAnswer>,
  currency: string | undefined,
): PaymentResult => {
  if (!isAmount(amount)) return { outcome: 'unknown', reason: 'the answer names no amount' };
  if (currency !== undefined && theirs !== currency) return { outcome: 'unknown', reason: 'another currency' };
  const known = clean(reference);
  const named = typeof theirs === 'string' && { currency: theirs };
  return { outcome: 'done', amount, ...named, ...(known !== undefined && { reference: known }) };
};

const isAmount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** Nothing that is long, odd, or looks like a card number goes into the log. */
const clean = (text: unknown) =>
  typeof text === 'string' && /^[\w.:-]{1,128}$/.test(text) && !holdsCardNumber(text) ? text : undefined;
