import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '#kernel';
import { aCause } from '#testing';
import {
  type PaymentCommand,
  type PaymentEvent,
  type PaymentResult,
  type Posting,
  type TenderKind,
} from './payment-messages.js';
import { movementOf, openOf, refundableOf, type Payment } from './payment-state.js';
import { payment } from './payment.js';

const paymentId = 'p';
const NOON = Date.parse('2026-01-01T12:00:00.000Z');

/** Something that is said to the payment; a result is of any operation that was asked for, in any order. */
type Step =
  | { readonly ask: 'capture' | 'void' | 'refund'; readonly id: number; readonly share: number; readonly rest: boolean }
  | { readonly tell: PaymentResult['outcome']; readonly which: number; readonly share: number; readonly late: boolean }
  | { readonly again: number }
  | { readonly resolve: true };

const step = (honest: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    fc.record({
      ask: fc.constantFrom<'capture' | 'void' | 'refund'>('capture', 'void', 'refund'),
      id: fc.nat(5),
      share: fc.integer({ min: 1, max: 100 }),
      rest: fc.boolean(),
    }),
    {
      weight: 2,
      arbitrary: fc.record({
        tell: fc.constantFrom<PaymentResult['outcome']>('done', 'done', 'declined', 'unknown'),
        which: fc.nat(7),
        share: honest ? fc.constant(100) : fc.integer({ min: 0, max: 150 }),
        late: honest ? fc.constant(false) : fc.boolean(),
      }),
    },
    fc.record({ again: fc.nat(30) }),
    fc.constant<Step>({ resolve: true }),
  );

const request = fc.record({
  kind: fc.constantFrom<TenderKind>('card', 'gift-card', 'cash'),
  currency: fc.constantFrom('JPY', 'EUR', 'KWD'),
  amount: fc.integer({ min: 1, max: 999_999_999 }),
});

/** A payment, all that it was told, and all that came of it. */
class Story {
  state: Payment = payment.decider.initialState();
  readonly events: PaymentEvent[] = [];
  readonly said: PaymentCommand[] = [];

  constructor(
    private readonly terms: { readonly kind: TenderKind; readonly currency: string; readonly amount: number },
  ) {
    this.say({ type: 'RequestPayment', data: { paymentId, orderId: 'o', ...terms } });
  }

  say(command: PaymentCommand) {
    this.said.push(command);
    const cause = aCause({ occurredAt: new Date(NOON + this.said.length * 3_600_000).toISOString() });
    const decided = this.decide(command, cause);
    for (const event of decided) this.state = payment.decider.evolve(this.state, event, cause);
    this.events.push(...decided);
    return decided;
  }

  take(next: Step) {
    const command = this.commandOf(next);
    if (command) this.say(command);
  }

  private decide(command: PaymentCommand, cause: ReturnType<typeof aCause>) {
    try {
      return payment.decider.decide(command, this.state, cause);
    } catch (error) {
      if (error instanceof DomainError) return [];
      throw error;
    }
  }

  private commandOf(next: Step): PaymentCommand | undefined {
    if ('resolve' in next) return { type: 'ResolvePayment', data: { paymentId } };
    if ('again' in next) return this.said[next.again % this.said.length];
    if ('ask' in next) return this.ask(next);
    return this.tell(next);
  }

  private ask({ ask, id, share, rest }: Extract<Step, { ask: string }>): PaymentCommand {
    const amount = Math.max(1, Math.floor((this.terms.amount * share) / 100));
    const named = { paymentId, operationId: `${ask}-${id}` };
    if (ask === 'capture') return { type: 'CapturePayment', data: { ...named, amount } };
    if (ask === 'void') return { type: 'VoidPayment', data: rest ? named : { ...named, amount } };
    return { type: 'RefundPayment', data: { ...named, amount, reason: 'returned' } };
  }

  /** An honest provider speaks of what it was asked and does that; another says what it likes, of anything. */
  private tell({ tell, which, share, late }: Extract<Step, { tell: string }>): PaymentCommand | undefined {
    const operationId = late ? [...this.state.steps.keys()][which % this.state.steps.size] : this.state.current;
    if (operationId === undefined) return undefined;
    const asked = this.state.steps.get(operationId)?.amount ?? 0;
    const named = { paymentId, operationId };
    if (tell === 'declined') return told({ ...named, outcome: tell, code: 'no-funds' });
    if (tell === 'unknown') return told({ ...named, outcome: tell, reason: 'timeout' });
    return told({ ...named, outcome: tell, amount: Math.floor((asked * share) / 100) });
  }
}

const told = (data: Extract<PaymentCommand, { type: 'RecordPaymentResult' }>['data']): PaymentCommand => ({
  type: 'RecordPaymentResult',
  data,
});

const history = (honest: boolean) => fc.tuple(request, fc.array(step(honest), { maxLength: 40 }));

const play = ([terms, steps]: [ConstructorParameters<typeof Story>[0], Step[]], check: (story: Story) => void) => {
  const story = new Story(terms);
  check(story);
  for (const next of steps) {
    story.take(next);
    check(story);
  }
};

describe('a payment, whatever it is told', () => {
  it('never refunds more than was captured, nor captures or gives up more than was authorised', () =>
    fc.assert(
      fc.property(history(true), (told) => {
        play(told, ({ state: { totals } }) => {
          expect(totals.captured + totals.voided).toBeLessThanOrEqual(totals.authorized);
          expect(totals.refunded).toBeLessThanOrEqual(totals.captured);
        });
      }),
      { numRuns: 500 },
    ));

  it('keeps double entries that add up to nothing, and to its totals', () =>
    fc.assert(
      fc.property(history(false), (told) => {
        play(told, ({ events, state: { totals } }) => {
          const balance = { payer: 0, authorized: 0, captured: 0 };
          for (const event of events) {
            if (!movementOf(event)) continue;
            const { postings } = event.data as { postings: readonly Posting[] };
            expect(postings.reduce((sum, { amount }) => sum + amount, 0)).toBe(0);
            for (const { account, amount } of postings) balance[account] += amount;
          }
          expect(balance.authorized).toBe(totals.authorized - totals.captured - totals.voided);
          expect(balance.captured).toBe(totals.captured - totals.refunded);
          expect(balance.payer + balance.authorized + balance.captured).toBe(0);
        });
      }),
      { numRuns: 300 },
    ));

  it('flags every word of the provider that breaks a rule', () =>
    fc.assert(
      fc.property(history(false), (told) => {
        play(told, ({ events, state: { totals } }) => {
          const broken = totals.captured + totals.voided > totals.authorized || totals.refunded > totals.captured;
          if (broken) expect(events.some(({ type }) => type === 'PaymentDisputed')).toBe(true);
        });
      }),
      { numRuns: 500 },
    ));

  it('has one operation under way at most, and asks for each one once', () =>
    fc.assert(
      fc.property(history(false), (told) => {
        play(told, ({ events, state }) => {
          const asked = events.filter(({ type }) => type === 'PaymentRequested');
          expect(new Set(asked.map(({ data }) => (data as { operationId: string }).operationId)).size).toBe(
            asked.length,
          );
          const open = [...state.steps.values()].filter(({ status }) => status === 'asked' || status === 'unknown');
          expect(open.length).toBe(state.current === undefined ? 0 : 1);
          const waiting = [...state.steps.values()].filter(({ status }) => status === 'waiting');
          if (state.current === undefined) expect(waiting).toEqual([]);
        });
      }),
      { numRuns: 300 },
    ));

  it('says nothing new to what it has heard before', () =>
    fc.assert(
      fc.property(history(false), (told) => {
        play(told, (story) => {
          const last = story.said.at(-1);
          if (last?.type !== 'RecordPaymentResult' || last.data.outcome === 'unknown') return;
          expect(story.say(last)).toEqual([]);
        });
      }),
      { numRuns: 300 },
    ));

  it('asks the provider for no more than there is', () =>
    fc.assert(
      fc.property(history(false), (told) => {
        const story = new Story(told[0]);
        for (const next of told[1]) {
          const before = story.events.length;
          const { totals } = story.state;
          story.take(next);
          const after = story.events.slice(before).reduce(
            (sums, event) => {
              const moved = movementOf(event);
              if (event.type === 'PaymentRequested') checkAsked(event.data, sums);
              return moved ? { ...sums, [NAMES[moved.operation]]: sums[NAMES[moved.operation]] + moved.amount } : sums;
            },
            { ...totals },
          );
          expect(after).toEqual(story.state.totals);
        }
      }),
      { numRuns: 300 },
    ));
});

const NAMES = { authorize: 'authorized', capture: 'captured', void: 'voided', refund: 'refunded' } as const;

const checkAsked = (
  { operation, amount }: { operation: keyof typeof NAMES; amount: number },
  totals: Payment['totals'],
) => {
  expect(amount).toBeGreaterThan(0);
  if (operation === 'refund') expect(amount).toBeLessThanOrEqual(refundableOf(totals));
  if (operation === 'capture' || operation === 'void') expect(amount).toBeLessThanOrEqual(openOf(totals));
};
