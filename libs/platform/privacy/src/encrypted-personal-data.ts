import { ERASED, isSealed, LOST, PersonalData, type NewEvent, type SealedEvent } from '#event-store';
import { personalPaths, type EventDefinition, type RetentionClass } from '#kernel';
import { openValue, sealValue } from './sealed.js';
import { mapPath } from './paths.js';
import { type SubjectKeys } from './subject-keys.js';

/** Encrypts each personal field under a key that is derived from the key of its subject, retention class and year: see `sealed.ts`. */
export class EncryptedPersonalData extends PersonalData {
  constructor(private readonly keys: SubjectKeys) {
    super();
  }

  /** The keys are durable before this returns, so the event can be appended at once. */
  async seal(stream: string, event: NewEvent, { personal = {} }: EventDefinition, owner?: string): Promise<NewEvent> {
    let { data } = event.event;
    for (const [keyClass, paths] of Object.entries(personal) as [RetentionClass, readonly string[]][]) {
      if (!hasAny(data, paths)) continue;
      const subject = event.envelope.subject ?? owner;
      if (!subject) throw new Error(`${event.event.type} has personal fields, but its cause names no subject`);
      const key = await this.keys.keyFor(subject, keyClass);
      data = mapPaths(data, paths, (value, path) => sealValue(key, value, [stream, event.id, path]));
    }
    return data === event.event.data ? event : { ...event, event: { ...event.event, data } };
  }

  /** @throws Error if a field was altered, or copied from another event */
  async open<Event extends SealedEvent>(recorded: Event, definition: EventDefinition): Promise<Event> {
    const paths = personalPaths(definition);
    const keyIds = new Set<string>();
    const collect = (value: unknown) => {
      if (isSealed(value)) keyIds.add(value.k);
      return value;
    };
    mapPaths(recorded.event.data, paths, collect);
    if (keyIds.size === 0) return recorded;
    const found = await Promise.all([...keyIds].map((keyId) => this.keys.withId(keyId)));
    const keys = new Map(found.flatMap((key) => (key ? [[key.keyId, key] as const] : [])));
    const erased = keys.size < keyIds.size ? await this.keys.erasedAmong([...keyIds]) : new Set();
    const open = (value: unknown, path: string) => {
      if (!isSealed(value)) return value;
      const key = keys.get(value.k);
      if (!key) return erased.has(value.k) ? ERASED : LOST;
      return openValue(key, value, [recorded.stream, recorded.id, path]);
    };
    return { ...recorded, event: { ...recorded.event, data: mapPaths(recorded.event.data, paths, open) } };
  }

  /** Deletes the keys of the subject, which makes all its sealed fields unreadable for good. */
  async eraseSubject(subject: string): Promise<{ readonly keys: number }> {
    return { keys: await this.keys.erase(subject) };
  }
}

const hasAny = (data: object, paths: readonly string[]) => {
  let found = false;
  mapPaths(data, paths, (value) => {
    found = true;
    return value;
  });
  return found;
};

const mapPaths = (data: object, paths: readonly string[], change: (value: unknown, path: string) => unknown) =>
  paths.reduce<object>((changed, path) => mapPath(changed, path, change), data);
