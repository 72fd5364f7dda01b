import { type Recorded } from '#event-store';
import { type EventDefinition } from '#kernel';
import { Checker } from './checker.js';
import { invariants } from './invariants.js';

const EMAIL = /[^\s"@,;:<>()]+@[^\s"@,;:<>()]+\.[a-z]{2,}/i;

/** Recognizes the form that #privacy gives to an encrypted value. */
const isSealed = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  const { k, v, iv, ct, tag } = value as Readonly<Record<string, unknown>>;
  return v === 1 && [k, iv, ct, tag].every((part) => typeof part === 'string');
};

/** The values at a dotted path; a list on the way stands for each of its elements. */
const valuesAt = (node: unknown, [name, ...rest]: readonly string[]): unknown[] => {
  if (name === undefined) return [node];
  if (Array.isArray(node)) return node.flatMap((item) => valuesAt(item, [name, ...rest]));
  if (typeof node !== 'object' || node === null) return [];
  const value = (node as Readonly<Record<string, unknown>>)[name];
  return value === undefined ? [] : valuesAt(value, rest);
};

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
