import { isSealed, type Recorded } from '#event-store';
import { holdsEmailAddress, personalPaths, type EventDefinition } from '#kernel';
import { Checker } from './checker.js';
import { invariants } from './invariants.js';
import { valuesAt } from './sealed-fields.js';

export class PersonalDataSealed extends Checker {
  override readonly invariant = invariants.personalDataSealed;

  constructor(private readonly definitions: Readonly<Record<string, EventDefinition>>) {
    super();
  }

  override check(recorded: Recorded, version: number): void {
    this.checked++;
    const { event, envelope } = recorded;
    const { sealedSince = {}, ...definition } = this.definitions[event.type] ?? {};
    for (const path of personalPaths(definition).filter((one) => version >= (sealedSince[one] ?? 1))) {
      const isPlain = valuesAt(event.data, path.split('.')).some((value) => !isSealed(value));
      if (isPlain) this.report(recorded, `The field ${path} of ${event.type} is not encrypted`);
    }
    const text = JSON.stringify([event.data, envelope]);
    if (/[@\uff20\ufe6b]/.test(text) && textsIn([event.data, envelope]).some(holdsEmailAddress))
      this.report(recorded, `${event.type} contains an e-mail address`);
  }
}

/** All texts in a value, and the names of its properties. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsIn(inner)]);
};
