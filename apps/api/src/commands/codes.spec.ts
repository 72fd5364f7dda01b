import { beforeAll, describe, expect, it } from '@jest/globals';
import { aLocation, logged, send, store } from '../api.fixture.js';

const code = 'SECRET-7KQW 9M2X';
const everything = () => JSON.stringify([store.events, logged]);

/** The code or a part of it, in any case. */
const traces = () => everything().match(/secret|7kqw|9m2x/gi);

const streamOf = ({ body }: { readonly body: unknown }) => (body as { stream: string }).stream;

describe('the code of a gift card or voucher', () => {
  beforeAll(async () => {
    await send('RegisterLocation', aLocation);
  });

  it('becomes an id that does not contain it and is the same however the code is typed', async () => {
    const issued = await send('IssueGiftCard', { code, amount: 5000, currency: 'GBP' });
    expect([issued.status, streamOf(issued)]).toEqual([200, expect.stringMatching(/^giftcard-c[\w-]{43}$/)]);
    const again = await send('IssueGiftCard', { code: 'secret7KQW9m2x', amount: 1, currency: 'GBP' });
    expect([again.status, again.body]).toEqual([409, expect.objectContaining({ code: 'gift-card-exists' })]);
    const voucher = await send('IssueVoucher', { code, amount: 500, currency: 'GBP', uses: 1 });
    expect(streamOf(voucher)).toMatch(/^voucher-c[\w-]{43}$/);
    expect(traces()).toBeNull();
  });

  it.each(['1234', 'SUMMER10', '7KQW-9M2X-HT', '123456789012345678'])(
    '%s is refused, because it can be guessed',
    async (short) => {
      for (const [name, more] of [
        ['IssueGiftCard', {}],
        ['IssueVoucher', { uses: 1 }],
      ] as const) {
        const { status, body } = await send(name, { code: short, amount: 5000, currency: 'GBP', ...more });
        expect([status, body]).toEqual([422, expect.objectContaining({ code: 'code-too-short' })]);
      }
    },
  );

  it('pays for an order that has only the id', async () => {
    const { locationId } = aLocation;
    await send('ConfigureChannel', {
      ...{ channelId: 'web', name: 'Web', kind: 'web', currency: 'GBP', locale: 'en-GB', reservationTtlSeconds: 900 },
      ...{ promisesIncoming: false, locations: [{ locationId, methods: ['ship'], safetyStock: 0 }] },
    });
    const line = { lineId: '1', sku: 'MUG', quantity: 1, unitPrice: { amount: 3, scale: 2 }, method: 'ship' };
    const tenders = [
      { tenderId: 'a', kind: 'gift-card', amount: 1, code },
      { tenderId: 'b', kind: 'voucher', amount: 1, code },
      { tenderId: 'c', kind: 'card', amount: 1, token: 'tok_visa', code },
    ];
    const placed = await send('PlaceOrder', { orderId: 'coded', lines: [line], tenders }, { 'kontor-channel': 'web' });
    expect([placed.status, placed.body]).toEqual([202, expect.anything()]);
    const placedData = store.events.find(({ event }) => event.type === 'OrderPlaced')?.event.data;
    expect(placedData).toMatchObject({
      tenders: [
        { tenderId: 'a', instrumentId: expect.stringMatching(/^c[\w-]{43}$/) },
        { tenderId: 'b', instrumentId: expect.stringMatching(/^c[\w-]{43}$/) },
        { tenderId: 'c', token: 'tok_visa' },
      ],
    });
    expect(traces()).toBeNull();
  });

  it.each(['SECRET-7KQW 9M2X', 'secret7kqw9m2x', 'SECRET\u20137KQW\u20139M2X'])(
    'of a voucher pays an order once, also when it is typed %j',
    async (typed) => {
      const line = { lineId: '1', sku: 'MUG', quantity: 1, unitPrice: { amount: 3, scale: 2 }, method: 'ship' };
      const tenders = [
        { tenderId: 'a', kind: 'voucher', amount: 1, code },
        { tenderId: 'b', kind: 'voucher', amount: 2, code: typed },
      ];
      const placed = await send(
        'PlaceOrder',
        { orderId: 'twice', lines: [line], tenders },
        { 'kontor-channel': 'web' },
      );
      expect(placed).toMatchObject({ status: 409, body: { code: 'voucher-repeated', tenderId: 'b' } });
      expect(traces()).toBeNull();
    },
  );

  it('cannot be replaced by the id', async () => {
    const tenders = [{ tenderId: 'a', kind: 'gift-card', amount: 1, instrumentId: 'c123' }];
    const { status, body } = await send('PlaceOrder', { orderId: 'sly', lines: [], tenders });
    expect([status, body]).toEqual([400, expect.objectContaining({ code: 'validation-failed' })]);
  });
});
