/** Checks the answers and webhooks of payment providers, which are not trusted. */
import { holdsCardNumber } from '#fields';
import { isCurrency } from '#kernel';
import { type PaymentResult } from '../domain/payment-messages.js';

/** The JSON of an answer or webhook. */
export interface ProviderAnswer {
  readonly status: 'done' | 'declined';
  /** Minor units that were moved. */
  readonly amount?: number;
  readonly currency?: string;
  /** The provider's reference. */
  readonly reference?: string;
  /** Why it was declined. */
  readonly code?: string;
}

/** @returns `unknown` for an answer that is malformed or in another currency */
export const parseProviderAnswer = (answer: unknown, currency?: string): PaymentResult => {
  const { status, code, ...rest } = (answer ?? {}) as Partial<ProviderAnswer>;
  if (status === 'declined') return { outcome: 'declined', code: storableText(code) ?? 'declined' };
  if (status !== 'done') return { outcome: 'unknown', reason: 'the answer cannot be understood' };
  return parseDoneAnswer(rest, currency);
};

const parseDoneAnswer = (
  { amount, reference, currency: reported }: Partial<ProviderAnswer>,
  expected: string | undefined,
): PaymentResult => {
  if (!isAmount(amount)) return { outcome: 'unknown', reason: 'the answer names no amount' };
  if (reported !== undefined && !isCurrency(reported)) return { outcome: 'unknown', reason: 'the currency is unknown' };
  if (expected !== undefined && reported !== expected) return { outcome: 'unknown', reason: 'another currency' };
  const storedReference = storableText(reference);
  return {
    outcome: 'done',
    amount,
    ...(reported !== undefined && { currency: reported }),
    ...(storedReference !== undefined && { reference: storedReference }),
  };
};

const isAmount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** @returns undefined for text that must not be recorded: it is long, has unusual characters or looks like a card number */
const storableText = (text: unknown) =>
  typeof text === 'string' && /^[\w.:-]{1,128}$/.test(text) && !holdsCardNumber(text) ? text : undefined;
