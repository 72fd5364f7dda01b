import { describe, expect, it } from '@jest/globals';
import { hasValidSignature, signWebhook } from './signature.js';

const NOW = Date.parse('2026-01-01T12:00:00.000Z');
const MINUTES = 60_000;
const body = '{"amount":100}';
const signature = signWebhook('secret', body, NOW);

describe('a webhook', () => {
  it('is accepted when it is signed with the shared secret', () =>
    expect(hasValidSignature('secret', body, signature, NOW)).toBe(true));

  it.each<[string, { body?: string; header?: string | undefined; now?: number; secret?: string }]>([
    ['whose body was changed', { body: '{"amount":999}' }],
    ['signed with another secret', { secret: 'other' }],
    ['of more than five minutes ago', { now: NOW + 5 * MINUTES + 1 }],
    ['of more than five minutes from now', { now: NOW - 5 * MINUTES - 1 }],
    ['whose time was changed', { header: signature.replace(String(NOW), String(NOW + 1)) }],
    ['without a signature', { header: undefined }],
    ['with a malformed signature', { header: 't=1,v1=00' }],
    ['where no secret is set', { secret: '', header: signWebhook('', body, NOW) }],
  ])('%s is refused', (_, changes) => {
    const webhook = { secret: 'secret', body, header: signature, now: NOW, ...changes };
    expect(hasValidSignature(webhook.secret, webhook.body, webhook.header, webhook.now)).toBe(false);
  });
});
