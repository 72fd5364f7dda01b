import { type Class, type ValueSchema, bodySchemaOf } from './body-schema.js';

/** What is stored of a text in which a person or another system can write anything. */
export interface StoredText {
  /**
   * - `sealed`: encrypted under a key of its subject, and unreadable once that key is deleted
   * - `note`: a code such as `fraud-check` in clear; all other words sealed, as the note of the event
   * - `digest`: a keyed digest only
   * - `clear`: as it is, but an e-mail address in it is refused
   */
  readonly as: 'sealed' | 'note' | 'digest' | 'clear';
  /** A sentence. */
  readonly because: string;
}

export const sealed = (because: string): StoredText => ({ as: 'sealed', because });

/** A text that does no harm in clear. */
export const harmless = (because: string): StoredText => ({ as: 'clear', because });

/** A text that is looked up by its content: the secret codes of gift cards and vouchers. */
export const digested = (because: string): StoredText => ({ as: 'digest', because });

/** Of the number or name of a document, a message or a delivery. */
export const DOCUMENT_NUMBER: StoredText = harmless('The number of a document, by which people look for it.');

/** Of a field that says something about a person. */
export const ABOUT_A_PERSON: StoredText = sealed('It is about a person.');

/** Why something was done: see `reasonAndNote` of #kernel. */
export const CODE_OR_NOTE: StoredText = {
  as: 'note',
  because: 'Other systems act on codes; words may be about a person.',
};

/** Fields of bodies in which anything can be written, and those of which nobody has said what is stored. */
export interface FreeTexts {
  /** By dotted path; a path leads through every item of a list. */
  readonly declared: ReadonlyMap<string, StoredText>;
  readonly undeclared: readonly string[];
}

/** Finds the free texts of the bodies that a DTO stands for. */
export const freeTextsOf = (dto: Class): FreeTexts => {
  const declared = new Map<string, StoredText>();
  const undeclared: string[] = [];
  const walk = (schema: ValueSchema, path: string): void => {
    const together = [schema, ...Object.values(schemasIn(schema['allOf']))];
    const stored = together.map((part) => part['stored']).find(isStoredText);
    if (stored) {
      declared.set(path, stored);
      return;
    }
    if (acceptsAnything(together)) undeclared.push(path);
    for (const part of together.flatMap(partsOf)) walk(part, path);
    for (const [name, property] of together.flatMap((part) => Object.entries(schemasIn(part['properties']))))
      walk(property, path === '' ? name : `${path}.${name}`);
  };
  walk(bodySchemaOf(dto), '');
  return { declared, undeclared };
};

/** The schemas of what stands at the same path. */
const partsOf = ({ items, additionalProperties, propertyNames, anyOf }: ValueSchema): readonly ValueSchema[] => [
  ...[items, additionalProperties, propertyNames].filter(isSchema),
  ...Object.values(schemasIn(anyOf)),
];

const isSchema = (value: unknown): value is ValueSchema => typeof value === 'object' && value !== null;

const schemasIn = (value: unknown) => (isSchema(value) ? (value as Readonly<Record<string, ValueSchema>>) : {});

const isStoredText = (value: unknown): value is StoredText => isSchema(value) && 'as' in value;

/** Things that no code looks like. */
const WORDS = ['Ada Lovelace', 'ada@example.com'];

/** Whether schemas that hold together are of a text without a list of values, a format or a rule that keeps words out. */
const acceptsAnything = (together: readonly ValueSchema[]) =>
  together.some(({ type }) => type === 'string') &&
  WORDS.some((words) => together.every((schema) => accepts(schema, words)));

const accepts = ({ enum: values, format, pattern, satisfies = () => true }: ValueSchema, words: string) =>
  values === undefined &&
  !FORMATS.has(format) &&
  (typeof pattern !== 'string' || new RegExp(pattern, 'u').test(words)) &&
  satisfies(words);

const FORMATS: ReadonlySet<unknown> = new Set(['date-time', 'date', 'uuid']);
