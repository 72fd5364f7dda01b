import { expect, it } from '@jest/globals';
import { asPosition, type Recorded } from '#event-store';
import { KeysStored } from './keys-stored.js';

const sealed = (k: string) => ({ k, v: 1, iv: 'iv', ct: 'ct', tag: 'tag' });

const registered = (id: string, keyId: string): Recorded => ({
  id,
  event: { type: 'CustomerRegistered', data: { contact: { name: sealed(keyId) } } },
  envelope: {
    commandId: id,
    correlationId: id,
    channel: 'web',
    actor: 'a',
    occurredAt: '2026-01-01T00:00:00Z',
    schema: '1',
  },
  stream: `customer-${id}`,
  revision: 0,
  position: asPosition(1),
  recordedAt: 0,
});

it('I23 names the first event under each key that is neither stored nor erased', () => {
  const checker = new KeysStored({ CustomerRegistered: { version: 1, personal: { account: ['contact.name'] } } });
  for (const [id, keyId] of [
    ['1', 'stored'],
    ['2', 'lost'],
    ['3', 'lost'],
  ] as const)
    checker.check(registered(id, keyId));
  checker.compare([{ keyId: 'stored' }, { keyId: 'unused' }]);
  expect(checker).toMatchObject({ checked: 2, failed: 1, violations: [{ stream: 'customer-2', revision: 0 }] });
});
