import { type Random } from '#kernel';

/** Codes of gift cards and vouchers that all shoppers share. */
export interface Instruments {
  readonly giftCards: readonly string[];
  readonly vouchers: readonly string[];
}

/** The value of one use of a voucher, and the maximum that is paid by gift card, in minor units. */
export const VOUCHER = 500;
const MAX_BY_GIFT_CARD = 400;

/** Tokens, each as often as its weight. The payment simulator defines what each does. */
const TOKENS = [
  ...Array.from({ length: 12 }, () => 'tok_visa'),
  ...['tok_decline', 'tok_partial', 'tok_cut', 'tok_error', 'tok_twice', 'tok_early', 'tok_late', 'tok_none'],
];

export const aCard = (amount: number, random: Random, tenderId = 'card') => ({
  tenderId,
  kind: 'card',
  amount,
  token: random.next() < 0.02 ? 'tok_lost' : random.pick(TOKENS),
});

/** How an order is paid: by one tender, by two, in part, later, or not here. */
export const paymentFor = (total: number, random: Random, { giftCards, vouchers }: Instruments): object => {
  const capture = random.pick(['now', 'on-shipping']);
  const rest = (amount: number, by: object) => ({
    capture,
    tenders: [{ tenderId: 'first', amount, ...by }, ...(amount < total ? [aCard(total - amount, random)] : [])],
  });
  const chance = random.next();
  if (chance < 0.35) return { capture, tenders: [aCard(total, random)] };
  if (chance < 0.5) {
    return rest(random.between(1, MAX_BY_GIFT_CARD), { kind: 'gift-card', code: random.pick(giftCards) });
  }
  if (chance < 0.6) return rest(VOUCHER, { kind: 'voucher', code: random.pick(vouchers) });
  if (chance < 0.7) return rest(total, { kind: random.pick(['cash', 'terminal']) });
  if (chance < 0.8) return { capture, payLater: true, tenders: [aCard(Math.floor(total / 2), random)] };
  return chance < 0.85 ? { capture, payLater: true } : {};
};
