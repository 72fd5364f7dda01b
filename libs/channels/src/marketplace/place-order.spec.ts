import { describe, expect, it } from '@jest/globals';
import { type ApiResponse } from '../kontor-api.js';
import { placeOrder } from './place-order.js';

/** An API that refuses the first request because of some fields. */
const apiThatRefuses = (status: number, ...fields: readonly string[]) => {
  const sent: object[] = [];
  const answers: ApiResponse[] = [
    { status, body: { errors: fields.map((field) => ({ field, message: 'is not valid' })) } },
    { status: 202, body: {} },
  ];
  const sendCommand = (_: string, data: object) => {
    sent.push(data);
    return Promise.resolve(answers[sent.length - 1] ?? { status: 500, body: {} });
  };
  return { api: { sendCommand }, sent };
};

const lines = [{ lineId: '1', title: 'Mug' }];
const data = { orderId: 'o', contact: { name: 'Ada', phone: 'none' }, shipTo: { lines: ['1'], city: '' }, lines };

describe('an order of a marketplace that Kontor does not take', () => {
  it('is placed without what it can do without, and says so', async () => {
    const { api, sent } = apiThatRefuses(400, 'contact.phone', 'contact.phone', 'shipTo.city', 'lines.0.title');
    const leftOut = ['contact.phone', 'shipTo.city', 'lines.0.title'];
    await expect(placeOrder(api, data)).resolves.toEqual({ answer: { status: 202, body: {} }, leftOut });
    expect(sent[1]).toEqual({
      orderId: 'o',
      contact: { name: 'Ada' },
      shipTo: { lines: ['1'] },
      lines: [{ lineId: '1' }],
      attributes: { leftOut: leftOut.join(', ') },
    });
  });

  it('is placed without its address where no line of it can be read', async () => {
    const { api, sent } = apiThatRefuses(400, 'shipTo.lines', 'shipTo.city', 'country');
    await placeOrder(api, { ...data, country: 'UK' });
    expect(sent[1]).not.toHaveProperty('shipTo');
    expect(sent[1]).not.toHaveProperty('country');
  });

  it.each([
    ['it needs', 400, 'lines.0.quantity'],
    ['a rule', 409, 'contact.phone'],
  ])('because of %s is not sent again', async (_, status, field) => {
    const { api, sent } = apiThatRefuses(status, field);
    await expect(placeOrder(api, data)).resolves.toMatchObject({ answer: { status }, leftOut: [] });
    expect(sent).toHaveLength(1);
  });
});
