/** Two processes handle 500 commands for one instrument at the same time: exactly as many holds are made as it can pay. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DeciderRunner, type Outcome } from '#event-store';
import { EsdbEventStore } from '#event-store-esdb';
import { aCause, runnerOn } from '#testing';
import { TestEventStore } from '../../../../test/support/test-event-store.js';
import { giftCard, voucher } from './index.js';

const RUNS = Array.from({ length: 20 }, (_, index) => index + 1);
const BUYERS = Array.from({ length: 500 }, (_, index) => `order-${index}.tender`);

let server: TestEventStore;
let stores: readonly EsdbEventStore[];
let runners: readonly DeciderRunner[];

beforeAll(async () => {
  server = await TestEventStore.start();
  stores = [EsdbEventStore.connect(server.url), EsdbEventStore.connect(server.url)];
  runners = stores.map((store) => runnerOn(store));
});

afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await server.stop();
});

const runnerOf = (buyer: number) => runners[buyer % 2] ?? raise('no runner');
const raise = (what: string): never => {
  throw new Error(what);
};

const held = (holdId: string) => ({ holdId, orderId: holdId, operationId: 'authorize', amount: 1, currency: 'EUR' });

const counts = (types: readonly string[]) =>
  Object.fromEntries(
    Map.groupBy(types, (type) => type)
      .entries()
      .map(([type, all]) => [type, all.length]),
  );
/** How often each event type is in the answers. */
const answeredCounts = (outcomes: readonly Outcome[]) =>
  counts(outcomes.flatMap(({ events }) => events.map(({ type }) => type)));

/** How often each event type is in the log. */
const recordedCounts = async (stream: string) => {
  const types: string[] = [];
  for await (const { event } of (stores[0] ?? raise('no store')).read(stream)) types.push(event.type);
  return counts(types);
};

describe('500 parallel uses, in two processes', () => {
  it.each(RUNS)(
    'of a voucher with one use left: one is held (run %i)',
    async (run) => {
      const voucherId = `v${run}`;
      const issue = { type: 'IssueVoucher', data: { voucherId, amount: 1, currency: 'EUR', uses: 1 } } as const;
      await runnerOf(run).run(voucher, voucherId, issue, aCause());
      const uses = await Promise.all(
        BUYERS.map(async (holdId, buyer) => {
          const runner = runnerOf(buyer);
          const hold = await runner.run(
            voucher,
            voucherId,
            { type: 'HoldVoucher', data: { voucherId, ...held(holdId) } },
            aCause(),
          );
          if (hold.events[0]?.type !== 'VoucherHeld') return [hold];
          const data = { voucherId, holdId, operationId: 'capture', amount: 1 };
          return [hold, await runner.run(voucher, voucherId, { type: 'RedeemVoucher', data }, aCause())];
        }),
      );
      const expected = { VoucherHeld: 1, VoucherHoldDeclined: 499, VoucherRedeemed: 1 };
      expect(answeredCounts(uses.flat())).toEqual(expected);
      expect(await recordedCounts(`voucher-${voucherId}`)).toEqual({ VoucherIssued: 1, ...expected });
    },
    30_000,
  );

  it.each(RUNS)(
    'of a gift card with a balance of 10: ten are held (run %i)',
    async (run) => {
      const giftCardId = `g${run}`;
      const issue = { type: 'IssueGiftCard', data: { giftCardId, amount: 10, currency: 'EUR' } } as const;
      await runnerOf(run).run(giftCard, giftCardId, issue, aCause());
      const uses = await Promise.all(
        BUYERS.map(async (holdId, buyer) => {
          const runner = runnerOf(buyer);
          const hold = await runner.run(
            giftCard,
            giftCardId,
            { type: 'HoldBalance', data: { giftCardId, ...held(holdId) } },
            aCause(),
          );
          if (hold.events[0]?.type !== 'BalanceHeld') return [hold];
          const data = { giftCardId, holdId, operationId: 'capture', amount: 1 };
          return [hold, await runner.run(giftCard, giftCardId, { type: 'RedeemHold', data }, aCause())];
        }),
      );
      const expected = { BalanceHeld: 10, BalanceHoldDeclined: 490, HoldRedeemed: 10 };
      expect(answeredCounts(uses.flat())).toEqual(expected);
      expect(await recordedCounts(`giftcard-${giftCardId}`)).toEqual({ GiftCardIssued: 1, ...expected });
    },
    30_000,
  );
});
