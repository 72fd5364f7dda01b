import { describe, expect, it } from '@jest/globals';
import { type DeciderRunner } from '#event-store';
import { CallPaymentProvider, InMemoryPaymentProvider, payment, type PaymentCommand } from '#payments';
import { aCause, runnerOn } from '#testing';
import { payments } from './payments.process.js';
import { CRASH_MOMENTS, ProcessHarness, type CrashPoint } from '../processes.fixture.js';

const paymentId = 'o.card';
const ask = (kind: 'card' | 'gift-card' = 'card', token = 'tok_visa') =>
  ({
    type: 'RequestPayment',
    data: { paymentId, orderId: 'o', kind, amount: 100, currency: 'EUR', token },
  }) satisfies PaymentCommand;
const capture = (operationId: string, amount: number) =>
  ({ type: 'CapturePayment', data: { paymentId, operationId, amount } }) satisfies PaymentCommand;
const voidPayment = { type: 'VoidPayment', data: { paymentId, operationId: 'v' } } satisfies PaymentCommand;
const refund = {
  type: 'RefundPayment',
  data: { paymentId, operationId: 'r', amount: 20, reason: 'returned' },
} satisfies PaymentCommand;

/** What becomes of the calls to the provider, first to last; none after the last. */
type Faults = readonly ('none' | 'lost' | 'cut')[];

interface Story {
  readonly commands: readonly PaymentCommand[];
  readonly faults: Faults;
}

const life = [ask(), capture('c', 60), voidPayment, refund];

const stories: Record<string, Story> = {
  'everything is answered': { commands: life, faults: [] },
  'the first answer is cut': { commands: life, faults: ['cut'] },
  'the first request is lost': { commands: life, faults: ['lost'] },
  'every answer is cut': { commands: life, faults: ['cut', 'none', 'cut', 'none', 'cut', 'none', 'cut'] },
  'the provider is silent for long': { commands: life, faults: ['cut', 'lost'] },
  'the card is declined': { commands: [ask('card', 'tok_decline'), capture('c', 60), voidPayment], faults: [] },
  'half is authorized': { commands: [ask('card', 'tok_partial'), capture('c', 50), voidPayment], faults: [] },
};

const LATER = '2026-01-01T12:01:00.000Z';

const run = async ({ commands, faults }: Story, crash?: CrashPoint, dyingCall?: number) => {
  const h = new ProcessHarness([payments], 500);
  const open = [...faults];
  const provider = new InMemoryPaymentProvider(() => open.shift() ?? 'none');
  let calls = 0;
  h.handler = (message, deciders) => {
    if (!(message instanceof CallPaymentProvider)) return undefined;
    if (calls++ !== dyingCall) return h.pay(message, provider, deciders);
    // The provider has done it, and nobody has written that down.
    const dead = {
      look: () => deciders.cachedState(payment, paymentId),
      run: () => Promise.reject(new TypeError('dead')),
    } as unknown as DeciderRunner;
    return h.pay(message, provider, dead);
  };
  const execute = (command: PaymentCommand, occurredAt?: string) =>
    runnerOn(h.store).run(payment, paymentId, command, aCause(occurredAt === undefined ? {} : { occurredAt }));
  for (const command of commands) await execute(command);
  await h.settle(crash);
  const { dispatches } = h;
  await execute({ type: 'ResolvePayment', data: { paymentId } }, LATER);
  await h.settle();
  const log = (await h.log(`payment-${paymentId}`)).map(({ event }) => event);
  return { log, dispatches, calls, journal: provider.bank.journal, parked: h.memory.parked.size };
};

const story = (name: string) => stories[name] ?? { commands: [], faults: [] };
const typesOf = ({ log }: { log: readonly { type: string }[] }) => log.map(({ type }) => type);

describe('a payment', () => {
  it('is authorized, captured, voided and refunded, one after the other', async () => {
    const { log, journal } = await run(story('everything is answered'));
    expect(typesOf({ log }).slice(-7)).toEqual([
      ...['PaymentAuthorized', 'PaymentRequested', 'PaymentCaptured', 'PaymentRequested'],
      ...['PaymentVoided', 'PaymentRequested', 'PaymentRefunded'],
    ]);
    expect(journal.map(({ operation, amount }) => [operation, amount])).toEqual([
      ['authorize', 100],
      ['capture', 60],
      ['void', 40],
      ['refund', 20],
    ]);
  });

  it('without an answer is inquired at once', async () => {
    const types = typesOf(await run(story('the first answer is cut')));
    expect(types.slice(5, 7)).toEqual(['PaymentUnknown', 'PaymentAuthorized']);
  });

  it('that stays unknown is inquired by the timer', async () => {
    const types = typesOf(await run(story('the provider is silent for long')));
    expect(types.slice(5, 9)).toEqual([
      ...['PaymentUnknown', 'PaymentUnknown', 'PaymentInquiryRequested', 'PaymentAuthorized'],
    ]);
  });

  it('by gift card or voucher is left to another process', async () => {
    const { dispatches, journal } = await run({ commands: [ask('gift-card')], faults: [] });
    expect(dispatches).toBe(0);
    expect(journal).toEqual([]);
  });

  for (const [name, story] of Object.entries(stories)) {
    it(`ends the same after a crash at any point, and nothing is done twice: ${name}`, async () => {
      const calm = await run(story);
      expect(calm.dispatches).toBeGreaterThan(0);
      for (let point = 0; point < calm.dispatches; point++) {
        for (const moment of CRASH_MOMENTS) {
          const { log, journal, parked } = await run(story, { at: point, moment });
          expect({ log, journal, parked }).toEqual({ log: calm.log, journal: calm.journal, parked: 0 });
        }
      }
    });

    it(`does nothing twice after a crash between a call and its record: ${name}`, async () => {
      const calm = await run(story);
      for (let call = 0; call < calm.calls; call++) {
        const { log, journal, parked } = await run(story, undefined, call);
        expect({ journal, parked }).toEqual({ journal: calm.journal, parked: 0 });
        expect(ended(log)).toEqual(ended(calm.log));
      }
    });
  }
});

/** Without what was not known meanwhile. */
const ended = (log: readonly { type: string }[]) =>
  log.filter(({ type }) => type !== 'PaymentUnknown' && type !== 'PaymentInquiryRequested');
