import { describe, expect, it } from '@jest/globals';
import { aCause, specification } from '#testing';
import {
  orderId,
  NOON,
  request,
  capture,
  voidAmount,
  refund,
  reported,
  done,
  declined,
  unanswered,
  resolve,
  after,
  eventsOfLast,
  captured,
} from './payment.fixture.js';
import { type PaymentEvent, type TenderKind } from './payment-messages.js';
import { payment } from './payment.js';

const given = specification(payment.decider);

describe('a payment', () => {
  it('records a refund that was made at the provider once, and refunds at most the rest', () => {
    const atProvider = (amount: number, more: object = {}) =>
      reported('dashboard-1', { outcome: 'done', amount, reference: 're_1', ...more });
    expect(after(...captured, atProvider(30), atProvider(30)).slice(after(...captured).length)).toMatchObject([
      {
        type: 'PaymentRefunded',
        data: { operationId: 'dashboard-1', amount: 30, reference: 're_1', atProvider: true },
      },
    ]);
    expect(() => after(...captured, atProvider(30), refund('r', 71))).toThrow('the available 70');
    expect(eventsOfLast(...captured, atProvider(130))).toEqual([
      'PaymentRefunded dashboard-1 130',
      'PaymentDisputed dashboard-1 ',
    ]);
    expect(eventsOfLast(request(), done('authorize', 100), atProvider(40, { operation: 'void' }))).toEqual([
      'PaymentVoided dashboard-1 40',
    ]);
    expect(() => after(...captured, atProvider(30, { operation: 'authorize' }))).toThrow('no operation dashboard-1');
    expect(() => after(...captured, declined('dashboard-1'))).toThrow('no operation dashboard-1');
  });

  it('refuses a movement at the provider with which its sums could not be exact', () => {
    const atProvider = (amount: number) => reported('dashboard-1', { outcome: 'done', amount });
    expect(eventsOfLast(...captured, atProvider(Number.MAX_SAFE_INTEGER))).toHaveLength(2);
    expect(() => after(...captured, refund('r', 1), done('r', 1), atProvider(Number.MAX_SAFE_INTEGER))).toThrow(
      'All movements of one kind of the payment would exceed 9007199254740991 minor units',
    );
  });

  it('is recorded before the provider is called', () =>
    given()
      .when(request())
      .then(
        { type: 'PaymentInitiated', data: { orderId, kind: 'card', amount: 100, currency: 'EUR' } },
        {
          type: 'PaymentRequested',
          data: {
            orderId,
            operation: 'authorize',
            operationId: 'authorize',
            amount: 100,
            kind: 'card',
            currency: 'EUR',
          },
        },
      ));

  it('is authorized with postings that add up to zero', () =>
    given(...after(request()))
      .when(done('authorize', 100))
      .then({
        type: 'PaymentAuthorized',
        data: {
          orderId,
          operationId: 'authorize',
          amount: 100,
          currency: 'EUR',
          requested: 100,
          postings: [
            { account: 'payer', amount: -100 },
            { account: 'authorized', amount: 100 },
          ],
        },
      }));

  it('may be authorized in part, which is no contradiction', () =>
    expect(eventsOfLast(request(), done('authorize', 60))).toEqual(['PaymentAuthorized authorize 60']));

  it('has failed when nothing is authorized', () =>
    expect(eventsOfLast(request(), done('authorize', 0))).toEqual(['PaymentFailed authorize 100']));

  it.each<TenderKind>(['cash', 'terminal'])('by %s is a fact, for which no provider is called', (kind) => {
    expect(eventsOfLast(request(100, kind))).toEqual([
      'PaymentInitiated  100',
      'PaymentAuthorized authorize 100',
      'PaymentCaptured capture 100',
    ]);
    expect(eventsOfLast(request(100, kind), refund('r', 30))).toEqual(['PaymentRefunded r 30']);
  });

  it('is requested once', () => {
    given(...after(request()))
      .when(request())
      .thenNothing();
    given(...after(request()))
      .when(request(99))
      .thenFails('payment-exists');
  });

  it('cannot be changed before it was requested', () => given().when(capture('c', 1)).thenFails('payment-not-found'));
});

describe('an operation', () => {
  const authorized = [request(), done('authorize', 100)];

  it('is the same when it has the same id, which no operation of another kind may have', () => {
    given(...after(...authorized, capture('c', 40)))
      .when(capture('c', 40))
      .thenNothing();
    given(...after(...authorized, capture('c', 40)))
      .when(voidAmount('c'))
      .thenFails('operation-exists');
  });

  it('waits while another is at the provider, and is requested in the append that ends that one', () => {
    expect(eventsOfLast(...authorized, capture('c1', 40), capture('c2', 60))).toEqual(['PaymentQueued c2 60']);
    expect(eventsOfLast(...authorized, capture('c1', 40), capture('c2', 60), done('c1', 40))).toEqual([
      'PaymentCaptured c1 40',
      'PaymentRequested c2 60',
    ]);
  });

  it('may have what is left after those that are at the provider or wait', () => {
    given(...after(...authorized, capture('c1', 40), capture('c2', 50)))
      .when(capture('c3', 11))
      .thenFails('exceeds-authorized', { available: 10 });
    given(...after(...captured, refund('r1', 40), refund('r2', 50)))
      .when(refund('r3', 11))
      .thenFails('exceeds-captured', { available: 10 });
  });

  it('has an amount of at least one minor unit', () =>
    given(...after(...authorized))
      .when(capture('c', 0))
      .thenFails('exceeds-authorized'));

  it('fails when the operation that it waited for has failed', () =>
    expect(eventsOfLast(request(), capture('c', 100), declined('authorize'))).toEqual([
      'PaymentFailed authorize 100',
      'PaymentFailed c 100',
    ]));
});

describe('a void', () => {
  it('leaves the captured part alone', () =>
    expect(eventsOfLast(request(), done('authorize', 100), capture('c', 30), done('c', 30), voidAmount('v'))).toEqual([
      'PaymentRequested v 70',
    ]));

  it('of a part leaves the rest authorized', () =>
    expect(
      eventsOfLast(request(), done('authorize', 100), voidAmount('v', 30), done('v', 30), capture('c', 70)),
    ).toEqual(['PaymentRequested c 70']));

  it('of nothing is done at once', () =>
    expect(eventsOfLast(...captured, voidAmount('v'))).toEqual(['PaymentVoided v 0']));

  it('that waits for the authorization voids what is authorized then', () =>
    expect(eventsOfLast(request(), unanswered('authorize'), voidAmount('v'), done('authorize', 80))).toEqual([
      'PaymentAuthorized authorize 80',
      'PaymentRequested v 80',
    ]));

  it('that waits for an authorization which fails is done without a call to the provider', () =>
    expect(eventsOfLast(request(), unanswered('authorize'), voidAmount('v'), declined('authorize'))).toEqual([
      'PaymentFailed authorize 100',
      'PaymentVoided v 0',
    ]));

  it('also voids the amount of a capture before it that failed', () =>
    expect(eventsOfLast(request(), done('authorize', 100), capture('c', 100), voidAmount('v'), declined('c'))).toEqual([
      'PaymentFailed c 100',
      'PaymentRequested v 100',
    ]));
});

describe('a result', () => {
  const authorized = [request(), done('authorize', 100)];

  it('that is reported twice, by answer and webhook, is recorded once', () =>
    given(...after(...authorized))
      .when(done('authorize', 100))
      .thenNothing());

  it('that is unknown leaves the operation its turn, and is asked for after a pause that grows', () => {
    const unknown = (attempt: number, askAt: string): PaymentEvent => ({
      type: 'PaymentUnknown',
      data: {
        orderId,
        operationId: 'authorize',
        operation: 'authorize',
        kind: 'card',
        reason: 'timeout',
        attempt,
        askAt,
      },
    });
    given(...after(request()))
      .when(unanswered('authorize'), { decidedAt: NOON })
      .then(unknown(1, '2026-01-01T12:00:05.000Z'));
    given(...after(request(), unanswered('authorize')))
      .when(unanswered('authorize'), { decidedAt: NOON })
      .then(unknown(2, '2026-01-01T12:00:10.000Z'));
  });

  it('of a payment that was never initiated cannot be asked for', () =>
    given().when(resolve).thenFails('payment-not-found'));

  it('that is unknown for an operation that was never requested cannot be folded', () => {
    const unknown: PaymentEvent = {
      type: 'PaymentUnknown',
      data: {
        orderId,
        operationId: 'stray',
        operation: 'capture',
        kind: 'card',
        reason: 'timeout',
        attempt: 1,
        askAt: NOON,
      },
    };
    expect(() => payment.decider.evolve(payment.decider.initialState(), unknown, aCause())).toThrow(
      'no operation stray',
    );
  });

  it('is asked for once, when its time has come', () => {
    const history = after(request(), unanswered('authorize'));
    given(...history)
      .when(resolve, { decidedAt: '2026-01-01T12:00:04.999Z' })
      .thenNothing();
    const inquired = {
      type: 'PaymentInquiryRequested',
      data: { orderId, operationId: 'authorize', operation: 'authorize', kind: 'card', attempt: 1 },
    } as const;
    const due = { decidedAt: '2026-01-01T12:00:05.000Z' };
    given(...history)
      .when(resolve, due)
      .then(inquired);
    given(...history, inquired)
      .when(resolve, due)
      .thenNothing();
  });

  it('without an outcome that arrives after a later one changes nothing', () => {
    const stale = reported('authorize', { outcome: 'unknown', reason: 'timeout', attempt: 0 });
    given(...after(request(), unanswered('authorize')))
      .when(stale)
      .thenNothing();
  });

  it('that is unknown after the outcome is known changes nothing', () =>
    given(...after(...authorized))
      .when(unanswered('authorize'))
      .thenNothing());

  it('of an operation that was never requested is refused', () =>
    given(...after(request()))
      .when(done('stray', 1))
      .thenFails('operation-not-found'));

  it('that authorizes after a failure is voided at once', () => {
    const history = [request(), declined('authorize'), done('authorize', 100)];
    expect(eventsOfLast(...history)).toEqual([
      'PaymentAuthorized authorize 100',
      'PaymentRequested authorize.late 100',
    ]);
    expect(eventsOfLast(...history, done('authorize', 100))).toEqual([]);
    expect(eventsOfLast(...history, done('authorize.late', 100))).toEqual(['PaymentVoided authorize.late 100']);
  });

  it('that authorizes nothing after a failure changes nothing', () =>
    expect(eventsOfLast(request(), done('authorize', 0), done('authorize', 0))).toEqual([]));

  it.each([
    ['another amount is captured', [...authorized, capture('c', 40), done('c', 50)], [40, 50]],
    ['more is authorized than was requested', [request(), done('authorize', 120)], [100, 120]],
    ['a failed operation is done after all', [...authorized, capture('c', 40), declined('c'), done('c', 40)], [0, 40]],
  ])('is recorded as reported, and flagged, when %s', (_, commands, [expected, reported]) => {
    const [fact, flag] = after(...commands).slice(-2);
    expect(fact).toMatchObject({ data: { amount: reported } });
    expect(flag).toMatchObject({ type: 'PaymentDisputed', data: { expected, reported } });
  });

  it.each([
    ['an operation that was done is reported as declined', [...captured, declined('c')], [100, 0]],
    ['another amount is reported as done', [...captured, done('c', 90)], [100, 90]],
    ['an operation that still waits is reported as done', [request(), capture('c', 40), done('c', 40)], [0, 40]],
  ])('is only flagged, once, when %s', (_, commands, [expected, reported]) => {
    const history = after(...commands);
    expect(history.at(-1)).toMatchObject({ type: 'PaymentDisputed', data: { expected, reported } });
    const again = commands.at(-1);
    if (again) expect(after(...commands, again)).toEqual(history);
  });
});
