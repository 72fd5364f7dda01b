import { describe, expect, it } from '@jest/globals';
import { isAuthenticWebhook, parseWebhookSecret, webhookHeaders } from './standard-webhooks.js';

const secret = parseWebhookSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
const other = parseWebhookSecret('whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', seconds: 1_614_265_330, body: '{"test": 2432232314}' };
const headers = webhookHeaders([secret], signed);

describe('a standard webhook', () => {
  // From the tests of the standard's own libraries.
  it('has the signature of the standard’s example', () =>
    expect(headers).toMatchObject({
      'webhook-id': signed.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    }));

  it('is authentic with its secret, or with either of two', () => {
    expect(isAuthenticWebhook(secret, headers, signed.body, signed.seconds)).toBe(true);
    const both = webhookHeaders([other, secret], signed);
    for (const one of [secret, other]) expect(isAuthenticWebhook(one, both, signed.body, signed.seconds)).toBe(true);
  });

  it.each<[string, () => boolean]>([
    ['whose body was changed', () => isAuthenticWebhook(secret, headers, `${signed.body} `, signed.seconds)],
    ['signed with another secret', () => isAuthenticWebhook(other, headers, signed.body, signed.seconds)],
    ['of six minutes ago', () => isAuthenticWebhook(secret, headers, signed.body, signed.seconds + 360)],
    [
      'under another id',
      () => isAuthenticWebhook(secret, { ...headers, 'webhook-id': 'x' }, signed.body, signed.seconds),
    ],
    [
      'of another time',
      () => isAuthenticWebhook(secret, { ...headers, 'webhook-timestamp': '1614265331' }, signed.body, signed.seconds),
    ],
    [
      'without a time',
      () => isAuthenticWebhook(secret, { ...headers, 'webhook-timestamp': 'x' }, signed.body, signed.seconds),
    ],
    [
      'without a signature',
      () => isAuthenticWebhook(secret, { ...headers, 'webhook-signature': '' }, signed.body, signed.seconds),
    ],
  ])('%s is not authentic', (_, isAuthentic) => expect(isAuthentic()).toBe(false));

  it.each(['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_', 'whsec_short'])('has no secret like %s', (text) =>
    expect(() => parseWebhookSecret(text)).toThrow('24 to 64 bytes'),
  );
});
