import { type Recorded } from '#event-store';
import { type EventDefinition } from '#kernel';
import { Checker } from './checker.js';

const EMAIL = /[^\s"@,;:<>()]+@[^\s"@,;:<>()]+\.[a-z]{2,}/i;

/** As #privacy seals a value. */
const isSealed = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  const { k, v, iv, ct, tag } = value as Readonly<Record<string, unknown>>;
  return v === 1 && [k, iv, ct, tag].every((part) => typeof part === 'string');
};

/** The values at a dotted path; a list on the way stands for each of its elements. */
const valuesAt = (node: unknown, [name, ...below]: readonly string[]): unknown[] => {
  if (name === undefined) return [node];
  if (Array.isArray(node)) return node.flatMap((item) => valuesAt(item, [name, ...below]));
  if (typeof node !== 'object' || node === null) return [];
  const value = (node as Readonly<Record<string, unknown>>)[name];
  return value === undefined ? [] : valuesAt(value, below);
};

export class PersonalDataSealed extends Checker {
  override readonly invariant = 'I15';
  override readonly title = 'personal fields are sealed, and no e-mail address stands anywhere in the clear';

  constructor(private readonly definitions: Readonly<Record<string, EventDefinition>>) {
    super();
  }

  override see(recorded: Recorded): void {
    this.checked++;
    const { event, envelope } = recorded;
    for (const path of this.definitions[event.type]?.personal ?? []) {
      const open = valuesAt(event.data, path.split('.')).some((value) => !isSealed(value));
      if (open) this.fail(recorded, `The field ${path} of ${event.type} is not sealed`);
    }
    const text = JSON.stringify([event.data, envelope]);
    if (text.includes('@') && EMAIL.test(text)) this.fail(recorded, `An e-mail address stands in a ${event.type}`);
  }
}
