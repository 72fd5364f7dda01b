import { type Message } from './message.js';

/**
 * How long a personal field is meant to be kept. Each class has keys of its own, so that it can end on its own day.
 *
 * - `account`: until the erasure of the person
 * - `contract`: for some years after that in which it was recorded, because of claims
 *
 * So far an erasure deletes the keys of all classes, and nothing else deletes keys.
 */
export type RetentionClass = 'account' | 'contract';

/** What the log must know about an event type besides its TypeScript shape. */
export interface EventDefinition {
  /** Raised by one whenever the shape changes; every older version keeps an upcaster. */
  readonly version: number;
  /** It begins its stream: it stands at revision 0 and nowhere else. */
  readonly first?: true;
  /** Fields of `data` (dotted paths) that are encrypted under the subject's keys before they are stored, by class. */
  readonly personal?: Readonly<Partial<Record<RetentionClass, readonly string[]>>>;
  /** The first version that encrypts a personal field, by its path. Events of older versions have it in clear. */
  readonly sealedSince?: Readonly<Record<string, number>>;
  /** `upcast[n]` turns data of version n into data of version n + 1. Pure and total. */
  readonly upcast?: Readonly<Record<number, (data: object) => object>>;
}

/** Dotted paths of the fields that are encrypted, of every class. */
export const personalPaths = ({ personal = {} }: Pick<EventDefinition, 'personal'>): readonly string[] =>
  Object.values(personal).flat();

/** The event types of one capability. A type without a line here does not compile. */
export type EventDefinitions<Event extends Message> = Readonly<Record<Event['type'], EventDefinition>>;

const unchanged = (data: object) => data;

/** Upcasters to versions 2 and 3 of an event that only got optional fields: what was there before stays as it is. */
export const WIDENED: NonNullable<EventDefinition['upcast']> = { 1: unchanged, 2: unchanged };

/** An event of a type or version that this code does not know: its stream must wait for newer code, never be skipped. */
export class UnknownEvent extends Error {
  constructor(type: string, version: number) {
    super(`No definition for event ${type} in version ${version}`);
    this.name = 'UnknownEvent';
  }
}

/** Brings stored data of `version` to the shape that today's code folds. @throws UnknownEvent */
export const upcast = (
  definitions: Readonly<Record<string, EventDefinition>>,
  event: Message,
  version: number,
): Message => {
  const definition = definitions[event.type];
  const known = definition && version >= 1 && version <= definition.version; // not so for NaN
  if (!known) throw new UnknownEvent(event.type, version);
  if (version === definition.version) return event;
  let data: object = event.data;
  for (let from = version; from < definition.version; from++) {
    const step = definition.upcast?.[from];
    if (!step) throw new UnknownEvent(event.type, version);
    data = step(data);
  }
  return { type: event.type, data };
};
