import { beforeEach, expect, it } from '@jest/globals';
import { type Instruments } from '#vouchers';
import { app, send } from '../api.fixture.js';
import { WrongCodes } from '../reads/wrong-codes.js';
import { TenderCodes } from './tender-codes.js';

/** The read models of one gift card and one voucher. */
const instruments = {
  giftCard: (id: string) => Promise.resolve(id === 'card' ? { giftCardId: id } : undefined),
  voucher: (id: string) => (id === 'down' ? Promise.reject(new Error('down')) : Promise.resolve(undefined)),
} as unknown as Instruments;

let codes: TenderCodes;
beforeEach(() => {
  codes = new TenderCodes(instruments, new WrongCodes());
});

const tooMany = expect.objectContaining({ code: 'too-many-requests' });
const pay = (kind: string, instrumentId: string, count = 1, keyId = 'shop') =>
  codes.count({ tenders: Array.from({ length: count }, () => ({ kind, instrumentId })) }, keyId);

it('wrong codes of gift cards and vouchers are refused after a hundred of one key', async () => {
  await pay('gift-card', 'guess', 60);
  await pay('voucher', 'guess', 40);
  await expect(pay('gift-card', 'card')).rejects.toEqual(tooMany);
  await expect(pay('gift-card', 'card', 1, 'another')).resolves.toBeUndefined();
});

it('a wrong code is answered half a second later', async () => {
  const since = performance.now();
  await pay('gift-card', 'guess');
  expect(performance.now() - since).toBeGreaterThan(490);
});

it('right codes, other tenders, and codes while the database does not answer do not count', async () => {
  for (let n = 0; n < 8; n++) {
    await pay('gift-card', 'card', 20);
    await pay('voucher', 'down', 20);
    await pay('store-credit', 'account', 20);
  }
  await codes.count({ tenders: [{ kind: 'card', token: 'tok_visa' }] }, 'shop');
  await codes.count({}, 'shop');
  await expect(pay('gift-card', 'card')).resolves.toBeUndefined();
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
