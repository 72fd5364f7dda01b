import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '#kernel';
import { aCause, atOnce } from '#testing';
import {
  type PaymentCommand,
  type PaymentEvent,
  type PaymentOperation,
  type PaymentResult,
  type TenderKind,
} from './payment-messages.js';
import {
  addToTotals,
  isMoneyMovement,
  operationOf,
  openAuthorization,
  refundableAmount,
  type Payment,
} from './payment-state.js';
import { payment } from './payment.js';

const paymentId = 'p';
const NOON = Date.parse('2026-01-01T12:00:00.000Z');

/** An action on the payment. A report is of any requested operation, in any order. */
type Action =
  | {
      readonly request: 'capture' | 'void' | 'refund';
      readonly id: number;
      readonly share: number;
      readonly rest: boolean;
    }
  | {
      readonly report: PaymentResult['outcome'];
      readonly which: number;
      readonly share: number;
      readonly anyOperation: boolean;
    }
  | { readonly repeat: number }
  | { readonly resolve: true };

const actionOf = (honest: boolean): fc.Arbitrary<Action> =>
  fc.oneof(
    fc.record({
      request: fc.constantFrom<'capture' | 'void' | 'refund'>('capture', 'void', 'refund'),
      id: fc.nat(5),
      share: fc.integer({ min: 1, max: 100 }),
      rest: fc.boolean(),
    }),
    {
      weight: 2,
      arbitrary: fc.record({
        report: fc.constantFrom<PaymentResult['outcome']>('done', 'done', 'declined', 'unknown'),
        which: fc.nat(7),
        share: honest ? fc.constant(100) : fc.integer({ min: 0, max: 150 }),
        anyOperation: honest ? fc.constant(false) : fc.boolean(),
      }),
    },
    fc.record({ repeat: fc.nat(30) }),
    fc.constant<Action>({ resolve: true }),
  );

const terms = fc.record({
  kind: fc.constantFrom<TenderKind>('card', 'gift-card', 'cash'),
  currency: fc.constantFrom('JPY', 'EUR', 'KWD'),
  amount: fc.integer({ min: 1, max: 999_999_999 }),
});

/** A payment with all commands that were sent to it and all events that it recorded. */
class PaymentHistory {
  state: Payment = payment.decider.initialState();
  readonly events: PaymentEvent[] = [];
  readonly commands: PaymentCommand[] = [];

  constructor(
    private readonly terms: { readonly kind: TenderKind; readonly currency: string; readonly amount: number },
  ) {
    this.send({ type: 'RequestPayment', data: { paymentId, orderId: 'o', ...terms } });
  }

  send(command: PaymentCommand) {
    this.commands.push(command);
    const cause = aCause({ occurredAt: new Date(NOON + this.commands.length * 3_600_000).toISOString() });
    const decided = this.decide(command, cause);
    for (const event of decided) this.state = payment.decider.evolve(this.state, event, cause);
    this.events.push(...decided);
    return decided;
  }

  perform(action: Action) {
    const command = this.commandOf(action);
    if (command) this.send(command);
  }

  private decide(command: PaymentCommand, cause: ReturnType<typeof aCause>) {
    try {
      return payment.decider.decide(command, this.state, atOnce(cause));
    } catch (error) {
      if (error instanceof DomainError) return [];
      throw error;
    }
  }

  private commandOf(action: Action): PaymentCommand | undefined {
    if ('resolve' in action) return { type: 'ResolvePayment', data: { paymentId } };
    if ('repeat' in action) return this.commands[action.repeat % this.commands.length];
    if ('request' in action) return this.requestCommand(action);
    return this.reportCommand(action);
  }

  private requestCommand({ request, id, share, rest }: Extract<Action, { request: string }>): PaymentCommand {
    const amount = Math.max(1, Math.floor((this.terms.amount * share) / 100));
    const ids = { paymentId, operationId: `${request}-${id}` };
    if (request === 'capture') return { type: 'CapturePayment', data: { ...ids, amount } };
    if (request === 'void') return { type: 'VoidPayment', data: rest ? ids : { ...ids, amount } };
    return { type: 'RefundPayment', data: { ...ids, amount, reason: 'returned' } };
  }

  /** An honest provider does what was requested and reports that; another reports anything, of any operation. */
  private reportCommand(action: Extract<Action, { report: string }>): PaymentCommand | undefined {
    const { report, which, share, anyOperation } = action;
    const operationId = anyOperation
      ? [...this.state.operations.keys()][which % this.state.operations.size]
      : this.state.current;
    if (operationId === undefined) return undefined;
    const requested = this.state.operations.get(operationId)?.amount ?? 0;
    const ids = { paymentId, operationId };
    if (report === 'declined') return resultCommand({ ...ids, outcome: report, code: 'no-funds' });
    if (report === 'unknown') return resultCommand({ ...ids, outcome: report, reason: 'timeout' });
    return resultCommand({ ...ids, outcome: report, amount: Math.floor((requested * share) / 100) });
  }
}

const resultCommand = (data: Extract<PaymentCommand, { type: 'RecordPaymentResult' }>['data']): PaymentCommand => ({
  type: 'RecordPaymentResult',
  data,
});

type Scenario = [ConstructorParameters<typeof PaymentHistory>[0], Action[]];

const scenarios = (honest: boolean) => fc.tuple(terms, fc.array(actionOf(honest), { maxLength: 40 }));

const play = ([terms, actions]: Scenario, check: (history: PaymentHistory) => void) => {
  const history = new PaymentHistory(terms);
  check(history);
  for (const action of actions) {
    history.perform(action);
    check(history);
  }
};

describe('a payment, whatever commands it gets', () => {
  it('never refunds more than was captured, nor captures or voids more than was authorized', () =>
    fc.assert(
      fc.property(scenarios(true), (scenario) => {
        play(scenario, ({ state: { totals } }) => {
          expect(totals.captured + totals.voided).toBeLessThanOrEqual(totals.authorized);
          expect(totals.refunded).toBeLessThanOrEqual(totals.captured);
        });
      }),
      { numRuns: 500 },
    ));

  it('records double entries that add up to zero and agree with its totals', () =>
    fc.assert(
      fc.property(scenarios(false), (scenario) => {
        play(scenario, ({ events, state: { totals } }) => {
          const balance = { payer: 0, authorized: 0, captured: 0 };
          for (const event of events) {
            if (!isMoneyMovement(event)) continue;
            const { postings } = event.data;
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

  it('flags every report of the provider that breaks a rule', () =>
    fc.assert(
      fc.property(scenarios(false), (scenario) => {
        play(scenario, ({ events, state: { totals } }) => {
          const broken = totals.captured + totals.voided > totals.authorized || totals.refunded > totals.captured;
          if (broken) expect(events.some(({ type }) => type === 'PaymentDisputed')).toBe(true);
        });
      }),
      { numRuns: 500 },
    ));

  it('has at most one operation at the provider, and requests each one once', () =>
    fc.assert(
      fc.property(scenarios(false), (scenario) => {
        play(scenario, ({ events, state }) => {
          const requested = events.filter((event) => event.type === 'PaymentRequested');
          expect(new Set(requested.map(({ data }) => data.operationId)).size).toBe(requested.length);
          const open = [...state.operations.values()].filter(
            ({ status }) => status === 'requested' || status === 'unknown',
          );
          expect(open.length).toBe(state.current === undefined ? 0 : 1);
          const waiting = [...state.operations.values()].filter(({ status }) => status === 'waiting');
          if (state.current === undefined) expect(waiting).toEqual([]);
        });
      }),
      { numRuns: 300 },
    ));

  it('records nothing for a result that it has recorded before', () =>
    fc.assert(
      fc.property(scenarios(false), (scenario) => {
        play(scenario, (history) => {
          const last = history.commands.at(-1);
          if (last?.type !== 'RecordPaymentResult' || last.data.outcome === 'unknown') return;
          expect(history.send(last)).toEqual([]);
        });
      }),
      { numRuns: 300 },
    ));

  it('requests no more from the provider than there is', () =>
    fc.assert(
      fc.property(scenarios(false), (scenario) => {
        const [terms, actions] = scenario;
        const history = new PaymentHistory(terms);
        for (const action of actions) {
          const eventCount = history.events.length;
          const { totals } = history.state;
          history.perform(action);
          const after = history.events.slice(eventCount).reduce((sums, event) => {
            if (event.type === 'PaymentRequested') checkRequested(event.data, sums);
            return isMoneyMovement(event) ? addToTotals(sums, operationOf(event), event.data.amount) : sums;
          }, totals);
          expect(after).toEqual(history.state.totals);
        }
      }),
      { numRuns: 300 },
    ));
});

const checkRequested = (
  { operation, amount }: { operation: PaymentOperation; amount: number },
  totals: Payment['totals'],
) => {
  expect(amount).toBeGreaterThan(0);
  if (operation === 'refund') expect(amount).toBeLessThanOrEqual(refundableAmount(totals));
  if (operation === 'capture' || operation === 'void') expect(amount).toBeLessThanOrEqual(openAuthorization(totals));
};
