import { type Recorded } from '#event-store';
import { type EventDefinition } from '#kernel';
import { Checker } from './checker.js';
import { invariants } from './invariants.js';
import { isSealed, valuesAt } from './sealed-fields.js';

const EMAIL = /[^\s"@,;:<>()]+@[^\s"@,;:<>()]+\.[a-z]{2,}/i;

export class PersonalDataSealed extends Checker {
  override readonly invariant = invariants.personalDataSealed;

  constructor(private readonly definitions: Readonly<Record<string, EventDefinition>>) {
    super();
  }

  override check(recorded: Recorded): void {
    this.checked++;
    const { event, envelope } = recorded;
    for (const path of this.definitions[event.type]?.personal ?? []) {
      const isPlain = valuesAt(event.data, path.split('.')).some((value) => !isSealed(value));
      if (isPlain) this.report(recorded, `The field ${path} of ${event.type} is not encrypted`);
    }
    const text = JSON.stringify([event.data, envelope]);
    if (text.includes('@') && EMAIL.test(text)) this.report(recorded, `${event.type} contains an e-mail address`);
  }
}
