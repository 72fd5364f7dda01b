import { describe, expect, it } from '@jest/globals';
import { isSigned, sign } from './signature.js';

const NOW = Date.parse('2026-01-01T12:00:00.000Z');
const MINUTES = 60_000;
const body = '{"amount":100}';
const signature = sign('secret', body, NOW);

describe('a webhook', () => {
  it('is believed when it is signed with the secret that both know', () =>
    expect(isSigned('secret', body, signature, NOW)).toBe(true));

  it.each<[string, { body?: string; header?: string | undefined; now?: number; secret?: string }]>([
    ['whose body was changed', { body: '{"amount":999}' }],
    ['signed with another secret', { secret: 'other' }],
    ['of more than five minutes ago', { now: NOW + 5 * MINUTES + 1 }],
    ['of more than five minutes from now', { now: NOW - 5 * MINUTES - 1 }],
    ['whose time was changed', { header: signature.replace(String(NOW), String(NOW + 1)) }],
    ['without a signature', { header: undefined }],
    ['with something else instead', { header: 't=1,v1=00' }],
    ['where no secret is set', { secret: '', header: sign('', body, NOW) }],
  ])('%s is not', (_, odd) => {
    const all = { secret: 'secret', body, header: signature, now: NOW, ...odd };
    expect(isSigned(all.secret, all.body, all.header, all.now)).toBe(false);
  });
});
