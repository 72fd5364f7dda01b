import { type EventDefinition } from '#kernel';
import { type NewEvent, type Recorded } from './port.js';

/** The value of a personal field whose subject has been erased. */
export const ERASED = { erased: true } as const;

/** The value of a personal field whose key is gone although nobody was erased, for example after the restore of an older copy. */
export const LOST = { lost: true } as const;

/** The part of a recorded event that is needed to open its personal fields. */
export type SealedEvent = Pick<Recorded, 'stream' | 'id' | 'event'>;

/** A personal field as it is stored; #privacy defines the versions of this form. */
export interface SealedValue {
  /** Id of the key of the subject. */
  readonly k: string;
  readonly v: number;
  readonly iv: string;
  readonly ct: string;
  readonly tag: string;
}

/** Also of a version that this release cannot open: it must not be taken for plain data. */
export const isSealed = (value: unknown): value is SealedValue => {
  if (typeof value !== 'object' || value === null) return false;
  const { k, v, iv, ct, tag } = value as Readonly<Record<string, unknown>>;
  return typeof v === 'number' && [k, iv, ct, tag].every((part) => typeof part === 'string');
};

/** The port that encrypts personal fields per subject and field, so that they are unreadable at rest; see #privacy. */
export abstract class PersonalData {
  /**
   * Encrypts the personal fields of an event under keys of its subject, which are created on first use.
   * @param owner the subject of the stream, for an event whose cause names none
   * @throws Error when the event has personal fields and no subject
   */
  abstract seal(stream: string, event: NewEvent, definition: EventDefinition, owner?: string): Promise<NewEvent>;

  /** Decrypts personal fields; a field whose key was erased becomes {@link ERASED}, one whose key is lost {@link LOST}. */
  abstract open<Event extends SealedEvent>(recorded: Event, definition: EventDefinition): Promise<Event>;
}
