/** I8: redeemed and held amounts never exceed the issued ones, for any commands in any order. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError, exponentOf, type Cause, type Decider, type Message } from '#kernel';
import { aCause, atOnce } from '#testing';
import { giftCard } from './gift-card.js';
import {
  type GiftCardCommand,
  type GiftCardEvent,
  type VoucherCommand,
  type VoucherEvent,
} from './instrument-messages.js';
import { voucher, type Voucher } from './voucher.js';

/** The events of all commands; a command that is refused records none. */
const decideAll = <State, Command extends Message, Event extends Message>(
  { initialState, decide, evolve }: Decider<State, Command, Event>,
  commands: readonly (Command & { readonly day: number })[],
): Event[] => {
  const log: Event[] = [];
  let state = initialState();
  for (const { day, ...command } of commands) {
    const cause: Cause = aCause({ occurredAt: new Date(Date.UTC(2026, 0, day)).toISOString() });
    for (const event of decided(() => decide(command as unknown as Command, state, atOnce(cause)))) {
      state = evolve(state, event, cause);
      log.push(event);
    }
  }
  return log;
};

const decided = <Event>(decide: () => readonly Event[]): readonly Event[] => {
  try {
    return decide();
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
};

const CURRENCIES = ['JPY', 'EUR', 'KWD'] as const;

it('the currencies here have 0, 2 and 3 decimals', () => expect(CURRENCIES.map(exponentOf)).toEqual([0, 2, 3]));

const currency = fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(1, 2) });
const amount = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 4 }) }, fc.integer({ min: 1, max: 4000 }));
const day = fc.integer({ min: 1, max: 28 });
const operation = { holdId: fc.constantFrom('p', 'q', 'r'), operationId: fc.constantFrom('1', '2', '3', '4') };
const about = { ...operation, orderId: fc.constantFrom('o', 'o-2', 'o-3'), amount, reason: fc.constant('goodwill') };

/** A command on a random day. Its `currency` is 0 for the currency of the scenario and 1 or 2 for another one. */
const commandOf = <Type extends string, Data extends object>(
  type: Type,
  data: { [Key in keyof Data]: fc.Arbitrary<Data[Key]> },
) => fc.record({ type: fc.constant(type), data: fc.record(data), day });

const scenarioOf = (...parts: fc.Arbitrary<{ type: string; data: object; day: number }>[]) =>
  fc
    .tuple(fc.constantFrom(0, 1, 2), fc.array(fc.oneof(...parts), { minLength: 1, maxLength: 60 }))
    .map(([own, commands]) =>
      commands.map(({ data, ...rest }) => ({ ...rest, data: { ...data, ...inCurrency(own, data) } })),
    );

const inCurrency = (own: number, data: { currency?: number }) =>
  data.currency === undefined ? {} : { currency: CURRENCIES[(own + data.currency) % 3] };

const expiresAt = day.map((expiryDay) => new Date(Date.UTC(2026, 0, expiryDay)).toISOString());

const giftCardScenario = scenarioOf(
  commandOf('IssueGiftCard', { amount, currency, expiresAt }),
  commandOf('IssueGiftCard', { amount, currency }),
  commandOf('IssueStoreCredit', { ...about, currency }),
  commandOf('AdjustBalance', { ...about, delta: fc.integer({ min: -50, max: 50 }) }),
  commandOf('ExpireGiftCard', {}),
  ...Array.from({ length: 3 }, () => commandOf('HoldBalance', { ...about, currency })),
  commandOf('RedeemHold', about),
  commandOf('ReleaseHold', about),
  commandOf('ReleaseHold', operation),
  commandOf('CreditBalance', about),
) as unknown as fc.Arbitrary<(GiftCardCommand & { day: number })[]>;

const voucherScenario = scenarioOf(
  commandOf('IssueVoucher', { amount, currency, uses: fc.integer({ min: 1, max: 3 }), expiresAt }),
  commandOf('IssueVoucher', { amount, currency, uses: fc.integer({ min: 1, max: 3 }) }),
  commandOf('ExpireVoucher', {}),
  ...Array.from({ length: 3 }, () => commandOf('HoldVoucher', { ...about, currency })),
  commandOf('RedeemVoucher', about),
  commandOf('ReleaseVoucher', about),
  commandOf('ReleaseVoucher', operation),
  commandOf('RefundVoucher', about),
) as unknown as fc.Arbitrary<(VoucherCommand & { day: number })[]>;

interface Hold {
  readonly orderId: string;
  readonly amount: number;
  redeemed: number;
  released: number;
  refunded: number;
  ends: number;
}

const CHANGES: Readonly<Record<string, 'redeemed' | 'released' | 'refunded'>> = {
  HoldRedeemed: 'redeemed',
  VoucherRedeemed: 'redeemed',
  HoldReleased: 'released',
  VoucherReleased: 'released',
  BalanceCredited: 'refunded',
  VoucherRefunded: 'refunded',
};

/** The amounts of each hold, according to the events. */
const holdsOf = (log: readonly Message[]) => {
  const holds = new Map<string, Hold>();
  for (const { type, data } of log as readonly Message<
    string,
    { holdId: string; orderId: string; amount: number; left?: number }
  >[]) {
    if (type === 'BalanceHeld' || type === 'VoucherHeld') {
      expect(holds.has(data.holdId)).toBe(false);
      holds.set(data.holdId, {
        orderId: data.orderId,
        amount: data.amount,
        redeemed: 0,
        released: 0,
        refunded: 0,
        ends: 0,
      });
    }
    const changed = CHANGES[type];
    const hold = holds.get(data.holdId);
    if (!hold || !changed) continue;
    hold[changed] += data.amount;
    if (data.left === 0) hold.ends++;
  }
  return [...holds.values()];
};

const remainingOf = ({ amount: whole, redeemed, released }: Hold) => whole - redeemed - released;

const expectConsistentHolds = (holds: readonly Hold[]) => {
  for (const hold of holds) {
    expect(remainingOf(hold)).toBeGreaterThanOrEqual(0);
    expect(hold.ends).toBe(remainingOf(hold) === 0 ? 1 : 0);
    expect(hold.refunded).toBeLessThanOrEqual(hold.redeemed);
  }
};

const balanceOf = (log: readonly GiftCardEvent[]) =>
  log.reduce((sum, { type, data }) => {
    if (type === 'GiftCardIssued' || type === 'StoreCreditIssued' || type === 'BalanceCredited')
      return sum + data.amount;
    if (type === 'BalanceAdjusted') return sum + data.delta;
    if (type === 'GiftCardExpired') return sum - data.forfeited;
    return type === 'HoldRedeemed' ? sum - data.amount : sum;
  }, 0);

/** Checks the log after each event. */
const afterEachEvent = <Event>(log: readonly Event[], check: (soFar: readonly Event[]) => void) =>
  log.forEach((_, index) => check(log.slice(0, index + 1)));

const total = (holds: readonly Hold[], amountOf: (hold: Hold) => number) =>
  holds.reduce((sum, hold) => sum + amountOf(hold), 0);

describe('a gift card (I8)', () => {
  it('never holds more than its balance, and ends each hold once', () =>
    fc.assert(
      fc.property(giftCardScenario, (commands) => {
        afterEachEvent(decideAll(giftCard.decider, commands), (log) => {
          const holds = holdsOf(log);
          expectConsistentHolds(holds);
          expect(balanceOf(log) - total(holds, remainingOf)).toBeGreaterThanOrEqual(0);
        });
      }),
      { numRuns: 1000 },
    ));

  it('states the amount that could have been held whenever it declines', () =>
    fc.assert(
      fc.property(giftCardScenario, (commands) => {
        afterEachEvent(decideAll(giftCard.decider, commands), (log) => {
          const last = log.at(-1);
          if (last?.type !== 'BalanceHoldDeclined') return;
          const { available, code, amount: wanted } = last.data;
          expect(available).toBeLessThan(wanted);
          if (code === 'insufficient') expect(available).toBe(balanceOf(log) - total(holdsOf(log), remainingOf));
        });
      }),
    ));
});

describe('a voucher (I8)', () => {
  const isTaken = (hold: Hold) => remainingOf(hold) > 0 || hold.redeemed > hold.refunded;

  it('is never used more often than issued for, nor twice by one order, nor for more than its amount', () =>
    fc.assert(
      fc.property(voucherScenario, (commands) => {
        afterEachEvent(decideAll<Voucher, VoucherCommand, VoucherEvent>(voucher.decider, commands), (log) => {
          const [issued] = log.flatMap(({ type, data }) => (type === 'VoucherIssued' ? [data] : []));
          const holds = holdsOf(log);
          expectConsistentHolds(holds);
          expect(holds.filter(isTaken).length).toBeLessThanOrEqual(issued?.uses ?? 0);
          for (const hold of holds) expect(hold.amount).toBeLessThanOrEqual(issued?.amount ?? 0);
          const orders = holds.filter(isTaken).map(({ orderId }) => orderId);
          expect(orders).toHaveLength(new Set(orders).size);
        });
      }),
      { numRuns: 1000 },
    ));

  it('is declined as used up only when all uses are taken, or the order has one', () =>
    fc.assert(
      fc.property(voucherScenario, (commands) => {
        afterEachEvent(decideAll<Voucher, VoucherCommand, VoucherEvent>(voucher.decider, commands), (log) => {
          const last = log.at(-1);
          if (last?.type !== 'VoucherHoldDeclined' || last.data.code !== 'used-up') return;
          const [issued] = log.flatMap(({ type, data }) => (type === 'VoucherIssued' ? [data] : []));
          const taken = holdsOf(log).filter(isTaken);
          if (taken.some(({ orderId }) => orderId === last.data.orderId)) return;
          expect(taken).toHaveLength(issued?.uses ?? 0);
        });
      }),
    ));
});
