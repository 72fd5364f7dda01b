import { expect, it } from '@jest/globals';
import { type NewEvent } from '#event-store';
import { EncryptedPersonalData } from './encrypted-personal-data.js';
import { type SubjectKeys } from './subject-keys.js';

/** Nothing here may need a key. */
const personalData = new EncryptedPersonalData({} as SubjectKeys);

const recorded = (data: object): NewEvent => ({
  id: '00000000-0000-4000-8000-000000000000',
  event: { type: 'OrderRecorded', data },
  envelope: {
    commandId: 'c',
    correlationId: 'o',
    channel: 'till',
    actor: 'key:test',
    occurredAt: '2026-01-01T00:00:00.000Z',
    schema: '1',
  },
});

const definition = { version: 1, personal: { account: ['contact.email'], contract: ['shipTo'] } };

it('accepts an event without a subject if its personal fields are empty', async () => {
  const event = recorded({ total: 100, contact: {} });
  await expect(personalData.seal('order-1', event, definition)).resolves.toBe(event);
});

it('refuses personal data without a subject', async () => {
  const event = recorded({ contact: { email: 'ada@example.com' } });
  await expect(personalData.seal('order-1', event, definition)).rejects.toThrow('names no subject');
});
