import { describe, expect, it } from '@jest/globals';
import { type CommandEnvelope, headersOf, isSignedWith, readEnvelope, signatureOf } from './command-envelope.js';

const key = Buffer.alloc(32, 7);
const body = Buffer.from('{"sku":"MUG"}');
const plain: CommandEnvelope = {
  id: 'i',
  type: 'ReceiveStock',
  time: '2026-01-31T12:00:00Z',
  source: 'web',
  keyId: 'k',
};
const signed: CommandEnvelope = { ...plain, signature: signatureOf(key, plain, body) };

describe('a signature', () => {
  it('covers everything that decides what the command does', () => {
    expect(isSignedWith(key, signed, body)).toBe(true);
    expect(isSignedWith(Buffer.alloc(32, 8), signed, body)).toBe(false);
    expect(isSignedWith(key, signed, Buffer.from('{"sku":"CUP"}'))).toBe(false);
    for (const other of ['id', 'type', 'time', 'source', 'correlationId'])
      expect(isSignedWith(key, { ...signed, [other]: 'another' }, body)).toBe(false);
  });

  it('is not valid when a text moves from one header to another', () => {
    const moved = { ...signed, source: '', correlationId: 'web' };
    expect(isSignedWith(key, moved, body)).toBe(false);
  });

  it.each(['', 'v1,', 'v2,x', 'v1,AAAA'])('is not %j', (signature) => {
    expect(isSignedWith(key, { ...plain, signature }, body)).toBe(false);
  });

  it('is computed as docs/kafka.md describes', () => {
    expect(signed.signature).toBe('v1,xSZ98qPZe9TPokGaiizn+715O0Qx1ne8daKyQe89kBA=');
  });
});

describe('the headers', () => {
  it('are read as they were written', () => {
    expect(readEnvelope(headersOf(signed))).toEqual(signed);
    expect(readEnvelope({ ce_id: Buffer.from('i'), other: ['a', 'b'] })).toEqual({ id: 'i' });
  });

  it.each([[['a', 'b']], ['a\nb'], ['x'.repeat(1_001)]])('are not trusted with %j in them', (value) => {
    expect(readEnvelope({ ce_id: value })).toBeUndefined();
  });
});
