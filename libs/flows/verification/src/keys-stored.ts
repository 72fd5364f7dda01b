import { isSealed, type Recorded } from '#event-store';
import { personalPaths, type EventDefinition } from '#kernel';
import { Checker, type LogReference } from './checker.js';
import { invariants } from './invariants.js';
import { valuesAt } from './sealed-fields.js';

/** The keys that #privacy stores, and those that it has erased. */
export const KEYS_QUERY =
  'SELECT key_id::text AS "keyId" FROM keys.subject_key UNION ALL SELECT key_id::text FROM keys.erased_key';

export interface KeyRow {
  readonly keyId: string;
}

export class KeysStored extends Checker {
  override readonly invariant = invariants.keysStored;
  /** Key id → the first event that was sealed under it. */
  private readonly used = new Map<string, LogReference>();

  constructor(private readonly definitions: Readonly<Record<string, EventDefinition>>) {
    super();
  }

  override check({ event, stream, revision, position }: Recorded): void {
    for (const path of personalPaths(this.definitions[event.type] ?? {})) {
      for (const value of valuesAt(event.data, path.split('.')))
        if (isSealed(value) && !this.used.has(value.k)) this.used.set(value.k, { stream, revision, position });
    }
  }

  compare(stored: readonly KeyRow[]): void {
    this.checked = this.used.size;
    for (const { keyId } of stored) this.used.delete(keyId);
    for (const [keyId, first] of this.used)
      this.report(first, `The key ${keyId} is neither stored nor registered as erased: what it encrypts is lost`);
  }
}
