import { describe, expect, it } from '@jest/globals';
import { aCause, specification } from '#testing';
import { type PaymentCommand, type PaymentEvent, type PaymentResult, type TenderKind } from './payment-messages.js';
import { payment } from './payment.js';

const given = specification(payment.decider);
const paymentId = 'p-1';
const orderId = 'o-1';
const NOON = '2026-01-01T12:00:00.000Z';

const ask = (amount = 100, kind: TenderKind = 'card') =>
  ({
    type: 'RequestPayment',
    data: { paymentId, orderId, kind, amount, currency: 'EUR' },
  }) satisfies PaymentCommand;
const capture = (operationId: string, amount: number) =>
  ({ type: 'CapturePayment', data: { paymentId, operationId, amount } }) satisfies PaymentCommand;
const giveUp = (operationId: string, amount?: number) =>
  ({
    type: 'VoidPayment',
    data: { paymentId, operationId, ...(amount !== undefined && { amount }) },
  }) satisfies PaymentCommand;
const refund = (operationId: string, amount: number) =>
  ({ type: 'RefundPayment', data: { paymentId, operationId, amount, reason: 'returned' } }) satisfies PaymentCommand;
const told = (operationId: string, result: PaymentResult) =>
  ({ type: 'RecordPaymentResult', data: { paymentId, operationId, ...result } }) satisfies PaymentCommand;
const done = (operationId: string, amount: number) => told(operationId, { outcome: 'done', amount });
const declined = (operationId: string) => told(operationId, { outcome: 'declined', code: 'no-funds' });
const silent = (operationId: string) => told(operationId, { outcome: 'unknown', reason: 'timeout' });
const resolve = { type: 'ResolvePayment', data: { paymentId } } satisfies PaymentCommand;

/** What a series of commands leads to. */
const after = (...commands: PaymentCommand[]): PaymentEvent[] => {
  let state = payment.decider.initialState();
  const events: PaymentEvent[] = [];
  for (const command of commands) {
    for (const event of payment.decider.decide(command, state, aCause({ occurredAt: NOON }))) {
      events.push(event);
      state = payment.decider.evolve(state, event, aCause());
    }
  }
  return events;
};

/** As "<type> <operation id> <amount>", of the last command. */
const last = (...commands: PaymentCommand[]) =>
  after(...commands)
    .slice(after(...commands.slice(0, -1)).length)
    .map(({ type, data }) => {
      const { operationId = '', amount = '' } = data as { operationId?: string; amount?: number };
      return [type, operationId, amount].join(' ');
    });

const taken = [ask(), done('authorize', 100), capture('c', 100), done('c', 100)];

describe('a payment', () => {
  it('is in the log before anybody is asked', () =>
    given()
      .when(ask())
      .then(
        { type: 'PaymentInitiated', data: { orderId, kind: 'card', amount: 100, currency: 'EUR' } },
        {
          type: 'PaymentRequested',
          data: {
            ...{ orderId, operation: 'authorize', operationId: 'authorize', amount: 100 },
            ...{ kind: 'card', currency: 'EUR' },
          },
        },
      ));

  it('is authorised: its postings add up to nothing', () =>
    given(...after(ask()))
      .when(done('authorize', 100))
      .then({
        type: 'PaymentAuthorized',
        data: {
          ...{ orderId, operationId: 'authorize', amount: 100, currency: 'EUR', requested: 100 },
          postings: [
            { account: 'payer', amount: -100 },
            { account: 'authorized', amount: 100 },
          ],
        },
      }));

  it('may be authorised in part, which contradicts nothing', () =>
    expect(last(ask(), done('authorize', 60))).toEqual(['PaymentAuthorized authorize 60']));

  it('of which nothing is authorised has failed', () =>
    expect(last(ask(), done('authorize', 0))).toEqual(['PaymentFailed authorize 100']));

  it.each<TenderKind>(['cash', 'terminal'])('by %s is a fact: nobody is asked', (kind) => {
    expect(last(ask(100, kind))).toEqual([
      'PaymentInitiated  100',
      'PaymentAuthorized authorize 100',
      'PaymentCaptured capture 100',
    ]);
    expect(last(ask(100, kind), refund('r', 30))).toEqual(['PaymentRefunded r 30']);
  });

  it('is asked for once', () => {
    given(...after(ask()))
      .when(ask())
      .thenNothing();
    given(...after(ask()))
      .when(ask(99))
      .thenFails('payment-exists');
  });

  it('that nobody asked for cannot be changed', () => given().when(capture('c', 1)).thenFails('payment-not-found'));
});

describe('an operation', () => {
  const authorized = [ask(), done('authorize', 100)];

  it('is the same when it has the same id, and never of another kind', () => {
    given(...after(...authorized, capture('c', 40)))
      .when(capture('c', 40))
      .thenNothing();
    given(...after(...authorized, capture('c', 40)))
      .when(giveUp('c'))
      .thenFails('operation-exists');
  });

  it('waits while another is under way, and begins in the append that ends it', () => {
    expect(last(...authorized, capture('c1', 40), capture('c2', 60))).toEqual(['PaymentQueued c2 60']);
    expect(last(...authorized, capture('c1', 40), capture('c2', 60), done('c1', 40))).toEqual([
      'PaymentCaptured c1 40',
      'PaymentRequested c2 60',
    ]);
  });

  it('counts what is under way and what waits', () => {
    given(...after(...authorized, capture('c1', 40), capture('c2', 50)))
      .when(capture('c3', 11))
      .thenFails('exceeds-authorized', { available: 10 });
    given(...after(...taken, refund('r1', 40), refund('r2', 50)))
      .when(refund('r3', 11))
      .thenFails('exceeds-captured', { available: 10 });
  });

  it('is of at least one unit', () =>
    given(...after(...authorized))
      .when(capture('c', 0))
      .thenFails('exceeds-authorized'));

  it('that waited for what then failed has failed too', () =>
    expect(last(ask(), capture('c', 100), declined('authorize'))).toEqual([
      'PaymentFailed authorize 100',
      'PaymentFailed c 100',
    ]));
});

describe('giving up', () => {
  it('leaves the captured part alone', () =>
    expect(last(ask(), done('authorize', 100), capture('c', 30), done('c', 30), giveUp('v'))).toEqual([
      'PaymentRequested v 70',
    ]));

  it('a part leaves the rest', () =>
    expect(last(ask(), done('authorize', 100), giveUp('v', 30), done('v', 30), capture('c', 70))).toEqual([
      'PaymentRequested c 70',
    ]));

  it('nothing is done at once', () => expect(last(...taken, giveUp('v'))).toEqual(['PaymentVoided v 0']));

  it('what is not authorised yet gives up what is authorised late', () =>
    expect(last(ask(), silent('authorize'), giveUp('v'), done('authorize', 80))).toEqual([
      'PaymentAuthorized authorize 80',
      'PaymentRequested v 80',
    ]));

  it('what is never authorised is done without asking', () =>
    expect(last(ask(), silent('authorize'), giveUp('v'), declined('authorize'))).toEqual([
      'PaymentFailed authorize 100',
      'PaymentVoided v 0',
    ]));

  it('gives up what a capture before it could not take', () =>
    expect(last(ask(), done('authorize', 100), capture('c', 100), giveUp('v'), declined('c'))).toEqual([
      'PaymentFailed c 100',
      'PaymentRequested v 100',
    ]));
});

describe('a result', () => {
  const authorized = [ask(), done('authorize', 100)];

  it('that is told twice, by answer and webhook, is one', () =>
    given(...after(...authorized))
      .when(done('authorize', 100))
      .thenNothing());

  it('that is not known keeps the operation under way, and is asked for after a pause that grows', () => {
    const unknown = (attempt: number, askAt: string): PaymentEvent => ({
      type: 'PaymentUnknown',
      data: {
        ...{ orderId, operationId: 'authorize', operation: 'authorize', kind: 'card' },
        ...{ reason: 'timeout', attempt, askAt },
      },
    });
    given(...after(ask()))
      .when(silent('authorize'), { occurredAt: NOON })
      .then(unknown(1, '2026-01-01T12:00:05.000Z'));
    given(...after(ask(), silent('authorize')))
      .when(silent('authorize'), { occurredAt: NOON })
      .then(unknown(2, '2026-01-01T12:00:10.000Z'));
    given(unknown(40, NOON)).when(resolve).thenFails('payment-not-found');
  });

  it('is asked for when its time has come, and once', () => {
    const history = after(ask(), silent('authorize'));
    given(...history)
      .when(resolve, { occurredAt: '2026-01-01T12:00:04.999Z' })
      .thenNothing();
    const inquired = {
      type: 'PaymentInquiryRequested',
      data: { orderId, operationId: 'authorize', operation: 'authorize', kind: 'card', attempt: 1 },
    } as const;
    const due = { occurredAt: '2026-01-01T12:00:05.000Z' };
    given(...history)
      .when(resolve, due)
      .then(inquired);
    given(...history, inquired)
      .when(resolve, due)
      .thenNothing();
  });

  it('that comes after a later answer without an outcome says nothing', () => {
    const stale = told('authorize', { outcome: 'unknown', reason: 'timeout', attempt: 0 });
    given(...after(ask(), silent('authorize')))
      .when(stale)
      .thenNothing();
  });

  it('that is not known after all is known changes nothing', () =>
    given(...after(...authorized))
      .when(silent('authorize'))
      .thenNothing());

  it('of an operation that nobody asked for is refused', () =>
    given(...after(ask()))
      .when(done('stray', 1))
      .thenFails('operation-not-found'));

  it('that authorises after a failure is given up again', () => {
    const history = [ask(), declined('authorize'), done('authorize', 100)];
    expect(last(...history)).toEqual(['PaymentAuthorized authorize 100', 'PaymentRequested authorize.late 100']);
    expect(last(...history, done('authorize', 100))).toEqual([]);
    expect(last(...history, done('authorize.late', 100))).toEqual(['PaymentVoided authorize.late 100']);
  });

  it('that authorises nothing after a failure changes nothing', () =>
    expect(last(ask(), done('authorize', 0), done('authorize', 0))).toEqual([]));

  it.each([
    ['another amount is captured', [...authorized, capture('c', 40), done('c', 50)], [40, 50]],
    ['more is authorised than was asked for', [ask(), done('authorize', 120)], [100, 120]],
    ['what failed is done after all', [...authorized, capture('c', 40), declined('c'), done('c', 40)], [0, 40]],
  ])('is recorded as the provider says, and flagged, when %s', (_, commands, [expected, reported]) => {
    const [fact, flag] = after(...commands).slice(-2);
    expect(fact).toMatchObject({ data: { amount: reported } });
    expect(flag).toMatchObject({ type: 'PaymentDisputed', data: { expected, reported } });
  });

  it.each([
    ['what was done was declined', [...taken, declined('c')], [100, 0]],
    ['another amount was done', [...taken, done('c', 90)], [100, 90]],
    ['what still waits is done', [ask(), capture('c', 40), done('c', 40)], [0, 40]],
  ])('is only flagged, and once, when %s', (_, commands, [expected, reported]) => {
    const history = after(...commands);
    expect(history.at(-1)).toMatchObject({ type: 'PaymentDisputed', data: { expected, reported } });
    const again = commands.at(-1);
    if (again) expect(after(...commands, again)).toEqual(history);
  });
});
