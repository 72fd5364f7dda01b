import { beforeEach, expect, it } from '@jest/globals';
import { type Instruments } from '#vouchers';
import { type Principal } from '#access';
import { type KeyedQueue } from '#kernel';
import { app, send } from '../api.fixture.js';
import { WrongCodes } from '../reads/wrong-codes.js';
import { Gateway } from './gateway.js';
import { TenderCodes } from './tender-codes.js';

/** The read models of one gift card and one voucher. */
const instruments = {
  giftCard: (id: string) => Promise.resolve(id === 'card' ? { giftCardId: id } : undefined),
  voucher: (id: string) => {
    if (id === 'silent') return new Promise(() => undefined);
    return id === 'down' ? Promise.reject(new Error('down')) : Promise.resolve(undefined);
  },
} as unknown as Instruments;

let codes: TenderCodes;
beforeEach(() => {
  codes = new TenderCodes(instruments, new WrongCodes());
});

const tooMany = expect.objectContaining({ code: 'too-many-requests' });
const pay = (kind: string, instrumentIds: readonly string[], keyId = 'shop') =>
  codes.count({ tenders: instrumentIds.map((instrumentId) => ({ kind, instrumentId })) }, keyId);
const guesses = (count: number) => Array.from({ length: count }, (_, n) => `guess-${n}`);

it('wrong codes of gift cards and vouchers are refused after a hundred of one key', async () => {
  await pay('gift-card', guesses(60));
  await pay('voucher', guesses(40));
  await expect(pay('gift-card', ['card'])).rejects.toEqual(tooMany);
  await expect(pay('gift-card', ['card'], 'another')).resolves.toBeUndefined();
});

it('a wrong code is answered half a second later, and counts once however often an order has it', async () => {
  const since = performance.now();
  await pay(
    'gift-card',
    Array.from({ length: 200 }, () => 'guess'),
  );
  expect(performance.now() - since).toBeGreaterThan(490);
  await pay('gift-card', guesses(99));
  await expect(pay('gift-card', ['card'])).rejects.toEqual(tooMany);
});

it('right codes do not count, even if hundreds come at once', async () => {
  await Promise.all(Array.from({ length: 300 }, () => pay('gift-card', ['card'])));
  await expect(pay('gift-card', ['card'])).resolves.toBeUndefined();
});

it('codes while the database fails or does not answer, and other tenders, do not count', async () => {
  await Promise.all(
    guesses(150).flatMap(() => [
      pay('voucher', ['down']),
      pay('voucher', ['silent']),
      pay('store-credit', ['account']),
    ]),
  );
  await codes.count({ tenders: [{ kind: 'card', token: 'tok_visa' }] }, 'shop');
  await codes.count({}, 'shop');
  await expect(pay('gift-card', ['card'])).resolves.toBeUndefined();
});

it('commands to one stream keep their order, with codes and without', async () => {
  const enqueued: string[] = [];
  const order = {
    enqueue: (stream: string) => {
      enqueued.push(stream);
      return Promise.reject(new Error('not sent'));
    },
  } as unknown as KeyedQueue;
  const principal: Principal = { keyId: 'k', channel: 'web', scopes: new Set(['orders:pay']), isStaff: false };
  const execute = (orderId: string, tenders: readonly object[]) =>
    app.get(Gateway).execute(
      {
        ...{ name: 'PayOrder', key: `k-${orderId}`, occurredAt: '2026-01-01T00:00:00.000Z' },
        body: { orderId, tenders },
      },
      principal,
      order,
    );
  const coded = execute('with-code', [{ tenderId: 't', kind: 'gift-card', amount: 1, code: 'GUESS-7KQW-9M2X' }]);
  const plain = execute('without', [{ tenderId: 't', kind: 'card', amount: 1, token: 'tok_visa' }]);
  await Promise.allSettled([coded, plain]);
  expect(enqueued).toEqual(['order-with-code', 'order-without']);
});

it.each([
  ['PlaceOrder', { orderId: 'guessed', lines: [] }],
  ['PayOrder', { orderId: 'guessed' }],
  ['ApplyOrderEdit', { orderId: 'guessed', editId: 'e' }],
])('%s with a code is not carried out for a key that has sent too many wrong ones', async (command, body) => {
  const [authorization, wrongCodes] = [`Bearer ${command}`, app.get(WrongCodes)];
  await Promise.all(Array.from({ length: 100 }, () => wrongCodes.count(command, () => Promise.resolve(undefined))));
  const tenders = [{ tenderId: 't', kind: 'gift-card', amount: 1, code: 'GUESS-7KQW-9M2X' }];
  const answer = await send(command, { ...body, tenders }, { authorization });
  expect(answer).toMatchObject({ status: 429, body: { code: 'too-many-requests' } });
});
