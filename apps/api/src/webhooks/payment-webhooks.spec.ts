import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { DeciderRunner } from '#event-store';
import { payment, signWebhook, PAYMENT_SIGNATURE_HEADER, PAYMENT_WEBHOOK_CONTENT_TYPE } from '#payments';
import { aCause } from '#testing';
import { app, ask, eventsOf } from '../api.fixture.js';

let paymentId: string;
beforeEach(async () => {
  paymentId = `order.${randomUUID()}`;
  const asked = { paymentId, orderId: 'order', kind: 'card', amount: 100, currency: 'EUR' } as const;
  await app.get(DeciderRunner).run(payment, paymentId, { type: 'RequestPayment', data: asked }, aCause());
});

const done = () => ({ paymentId, operationId: 'authorize', status: 'done', amount: 100, currency: 'EUR' });
const post = (body: object | string, secret = 'webhook-secret', at = Date.now()) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = {
    'content-type': PAYMENT_WEBHOOK_CONTENT_TYPE,
    [PAYMENT_SIGNATURE_HEADER]: signWebhook(secret, text, at),
  };
  return ask('POST', '/v1/webhooks/payments', headers, text);
};
const types = async () => (await eventsOf(`payment-${paymentId}`)).map(({ event }) => event.type);

describe('a webhook of the payment provider', () => {
  it('needs no key, and is recorded once', async () => {
    expect((await post(done())).status).toBe(204);
    expect((await post(done())).status).toBe(204);
    expect(await types()).toEqual(['PaymentInitiated', 'PaymentRequested', 'PaymentAuthorized']);
    const [, , recorded] = await eventsOf(`payment-${paymentId}`);
    expect(recorded?.envelope).toMatchObject({ actor: 'webhook:payments', channel: 'system' });
  });

  it.each([
    ['with a wrong signature', () => post(done(), 'guess')],
    ['of an hour ago', () => post(done(), 'webhook-secret', Date.now() - 3_600_000)],
    [
      'without a signature',
      () => ask('POST', '/v1/webhooks/payments', { 'content-type': PAYMENT_WEBHOOK_CONTENT_TYPE }, '{}'),
    ],
  ])('%s is refused', async (_, send) => {
    expect(await send()).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(await types()).not.toContain('PaymentAuthorized');
  });

  it.each([
    ['names no payment', { status: 'done', amount: 1, operationId: 'authorize' }],
    ['has no outcome', { paymentId: 'p', operationId: 'authorize', status: 'pending' }],
  ])('that %s is not valid', async (_, body) =>
    expect(await post(body)).toMatchObject({ status: 400, body: { code: 'validation-failed' } }),
  );

  it.each(['', 'no JSON', '{"status":"done","status":"declined"}'])('of %j cannot be read', async (text) =>
    expect(await post(text)).toMatchObject({ status: 400, body: { code: 'malformed-request' } }),
  );

  it.each(['null', '7', '[]', '"done"'])('of %s is not valid', async (text) =>
    expect(await post(text)).toMatchObject({ status: 400, body: { code: 'validation-failed' } }),
  );

  it('about an unknown payment is refused', async () =>
    expect(await post({ ...done(), paymentId: 'p-unknown' })).toMatchObject({ status: 404 }));

  it('can be about an operation that a process has requested', async () => {
    const runner = app.get(DeciderRunner);
    const capture = { paymentId, operationId: 'settle/0', amount: 100 };
    await post(done());
    await runner.run(payment, paymentId, { type: 'CapturePayment', data: capture }, aCause());
    expect((await post({ ...done(), operationId: 'settle/0' })).status).toBe(204);
    expect((await types()).at(-1)).toBe('PaymentCaptured');
  });

  it('about a refund that was made at the provider is recorded once', async () => {
    const runner = app.get(DeciderRunner);
    const capture = { paymentId, operationId: 'settle/0', amount: 100 };
    await post(done());
    await runner.run(payment, paymentId, { type: 'CapturePayment', data: capture }, aCause());
    await post({ ...done(), operationId: 'settle/0' });
    const refund = { ...done(), operationId: 're_1', operation: 'refund', amount: 25 };
    expect((await post(refund)).status).toBe(204);
    expect((await post(refund)).status).toBe(204);
    expect((await types()).filter((type) => type === 'PaymentRefunded')).toHaveLength(1);
  });

  it('in another currency is refused', async () =>
    expect(await post({ ...done(), currency: 'USD' })).toMatchObject({ status: 409 }));
});
