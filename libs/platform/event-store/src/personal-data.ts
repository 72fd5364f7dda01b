import { type EventDefinition } from '#kernel';
import { type NewEvent, type Recorded } from './port.js';

/** The value of a personal field whose subject has been erased. */
export const ERASED = { erased: true } as const;

/** The port that encrypts personal fields per subject and field, so that they are unreadable at rest; see #privacy. */
export abstract class PersonalData {
  /**
   * Encrypts the personal fields of one event under the key of `envelope.subject`, making the key on first use.
   * @throws Error when the event has personal fields and no subject
   */
  abstract seal(stream: string, event: NewEvent, definition: EventDefinition): Promise<NewEvent>;

  /** Decrypts what it has a key for; fields whose key is gone read as {@link ERASED}. */
  abstract open(recorded: Recorded, definition: EventDefinition): Promise<Recorded>;
}
