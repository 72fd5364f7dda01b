import { randomUUID } from 'node:crypto';
import {
  DeciderRunner,
  type EventStore,
  PersonalData,
  type NewEvent,
  type Recorded,
  type SealedEvent,
  asPosition,
} from '#event-store';
import { eventId, type Cause, type DecisionCause, type Message } from '#kernel';

/** A cause like any other, but for what the test is about. */
export const aCause = (overrides: Partial<Cause> = {}): Cause => ({
  commandId: randomUUID(),
  correlationId: 'correlation-1',
  channel: 'web',
  actor: 'key:test',
  occurredAt: '2026-01-01T12:00:00.000Z',
  ...overrides,
});

/** Decided when it occurred. */
export const atOnce = (cause: Cause): DecisionCause => ({ ...cause, decidedAt: cause.occurredAt });

/** Decides commands at the time at which they occurred. */
export const runnerOn = (store: EventStore): DeciderRunner =>
  new DeciderRunner(store, plainPersonalData, undefined, { now: ({ occurredAt }) => occurredAt });

/** What a command of `cause` would have appended. */
export const newEvents = (events: readonly Message[], cause: Cause = aCause()): NewEvent[] =>
  events.map((event, index) => ({
    id: eventId(cause.commandId, index),
    event,
    envelope: { ...cause, schema: '1' },
  }));

/** An event as the log delivers it, for tests of what reads it. */
export const aRecorded = <Event extends Message>(
  stream: string,
  event: Event,
  { cause, ...overrides }: Partial<Omit<Recorded, 'event' | 'stream'>> & { cause?: Partial<Cause> } = {},
): Recorded & { readonly event: Event } => ({
  id: randomUUID(),
  stream,
  event,
  envelope: { ...aCause(cause), schema: '1' },
  revision: 0,
  position: asPosition(1),
  recordedAt: Date.parse('2026-01-01T12:00:01.000Z'),
  ...overrides,
});

class PlainPersonalData extends PersonalData {
  override seal(_stream: string, event: NewEvent) {
    return Promise.resolve(event);
  }

  override open<Event extends SealedEvent>(recorded: Event) {
    return Promise.resolve(recorded);
  }
}

/** Seals nothing. */
export const plainPersonalData: PersonalData = new PlainPersonalData();
