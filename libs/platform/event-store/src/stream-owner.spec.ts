import { expect, it } from '@jest/globals';
import { guestOf, type Cause, type Decider, type EventDefinition, type Message } from '#kernel';
import { aCause, InMemoryEventStore } from '#testing';
import { DeciderRunner, type NewEvent, PersonalData, type SealedEvent } from './index.js';

type Event = Message<'Opened' | 'Noted', { note?: string }>;
type Command = Message<'Open' | 'Note', { note?: string }>;

const decider: Decider<object, Command, Event> = {
  initialState: () => ({}),
  decide: ({ type, data }) => [{ type: type === 'Open' ? 'Opened' : 'Noted', data }],
  evolve: (state) => state,
};

const diary = {
  category: 'diary',
  decider,
  events: { Opened: { version: 1, first: true }, Noted: { version: 1, personal: { account: ['note'] } } },
} as const;

/** Remembers for whom events were sealed. */
class Owners extends PersonalData {
  readonly owners: (string | undefined)[] = [];

  override seal(_stream: string, event: NewEvent, _definition: EventDefinition, owner?: string) {
    this.owners.push(owner);
    return Promise.resolve(event);
  }

  override open<Event extends SealedEvent>(recorded: Event) {
    return Promise.resolve(recorded);
  }
}

/** The note is written by another process than the one that wrote the first event. */
const ownersOfNote = async (firstCause: Partial<Cause>) => {
  const [store, personalData] = [new InMemoryEventStore(), new Owners()];
  const run = (type: Command['type'], cause: Cause) =>
    new DeciderRunner(store, personalData).run(diary, '1', { type, data: { note: 'words' } }, cause);
  await run('Open', aCause(firstCause));
  await run('Note', aCause({ correlationId: 'another' }));
  return personalData.owners;
};

it('an event whose cause names no subject is sealed for that of the first event', async () => {
  expect(await ownersOfNote({ subject: 'customer-7' })).toEqual(['customer-7']);
});

it('an event of a stream without a subject is sealed for the guest of its conversation', async () => {
  expect(await ownersOfNote({ correlationId: 'order-1' })).toEqual([guestOf('order-1')]);
});
