import { describe, expect, it } from '@jest/globals';
import { isBelieved, secretOf, webhookHeaders } from './standard-webhooks.js';

const secret = secretOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
const other = secretOf('whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', seconds: 1_614_265_330, body: '{"test": 2432232314}' };
const headers = webhookHeaders([secret], signed);

describe('a standard webhook', () => {
  // The example of the standard's own libraries.
  it('is signed as others sign it', () =>
    expect(headers).toMatchObject({
      'webhook-id': signed.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    }));

  it('is believed by who knows the secret, or one of two', () => {
    expect(isBelieved(secret, headers, signed.body, signed.seconds)).toBe(true);
    const both = webhookHeaders([other, secret], signed);
    for (const one of [secret, other]) expect(isBelieved(one, both, signed.body, signed.seconds)).toBe(true);
  });

  it.each<[string, () => boolean]>([
    ['whose body was changed', () => isBelieved(secret, headers, `${signed.body} `, signed.seconds)],
    ['signed with another secret', () => isBelieved(other, headers, signed.body, signed.seconds)],
    ['of six minutes ago', () => isBelieved(secret, headers, signed.body, signed.seconds + 360)],
    ['under another id', () => isBelieved(secret, { ...headers, 'webhook-id': 'x' }, signed.body, signed.seconds)],
    [
      'of another time',
      () => isBelieved(secret, { ...headers, 'webhook-timestamp': '1614265331' }, signed.body, signed.seconds),
    ],
    ['without a time', () => isBelieved(secret, { ...headers, 'webhook-timestamp': 'x' }, signed.body, signed.seconds)],
    [
      'without a signature',
      () => isBelieved(secret, { ...headers, 'webhook-signature': '' }, signed.body, signed.seconds),
    ],
  ])('%s is not', (_, believed) => expect(believed()).toBe(false));

  it.each(['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_', 'whsec_short'])('has no secret like %s', (text) =>
    expect(() => secretOf(text)).toThrow('24 to 64 bytes'),
  );
});
