export type Class = new () => object;

/**
 * A JSON Schema of one value, with one keyword of our own: `satisfies`, a function that says whether a value keeps a rule
 * that JSON Schema has no word for.
 */
export interface ValueSchema {
  readonly [keyword: string]: unknown;
  readonly satisfies?: (value: unknown) => boolean;
  /** The one way to write a text of this kind; see {@link normalizerOf}. */
  readonly normalize?: (text: string) => string;
}

interface Field {
  /** A function where other classes are in it, which may be defined later. */
  readonly schemas: readonly (ValueSchema | (() => ValueSchema))[];
  readonly isOptional: boolean;
  readonly mayBeNull: boolean;
}

const NO_RULES: Field = { schemas: [], isOptional: false, mayBeNull: false };
const fieldsOf = new WeakMap<object, Map<string, Field>>();

const fieldAt = (prototype: object, name: string): Field => fieldsOf.get(prototype)?.get(name) ?? NO_RULES;

const setField = (prototype: object, name: string, field: Field) => {
  const fields = fieldsOf.get(prototype) ?? new Map<string, Field>();
  fieldsOf.set(prototype, fields.set(name, field));
};

/** Notes a rule for a field of a DTO. Several of them hold together. */
export const keepsTo =
  (schema: ValueSchema | (() => ValueSchema)): PropertyDecorator =>
  (prototype, name) => {
    const field = fieldAt(prototype, String(name));
    setField(prototype, String(name), { ...field, schemas: [...field.schemas, schema] });
  };

/** What a field means, or holds, where its name does not tell. Stands above the field's own decorator. */
export const Described = (description: string, example?: unknown): PropertyDecorator =>
  keepsTo({ description, ...(example !== undefined && { example }) });

/** Notes that a field need not be sent. */
export const mayBeLeftOut =
  (mayBeNull: boolean): PropertyDecorator =>
  (prototype, name) => {
    setField(prototype, String(name), { ...fieldAt(prototype, String(name)), isOptional: true, mayBeNull });
  };

/** The fields that a DTO fills in by itself where they are not sent. */
export const defaultsOf = (dto: Class): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(new dto()).filter(([, value]) => value !== undefined));

/**
 * JSON Schema of the bodies that a DTO stands for: of all its fields, those of its base classes included. A schema with a
 * title stands for itself in the document of the API.
 */
export const bodySchemaOf = (dto: Class): ValueSchema => {
  const fields = new Map<string, Field>();
  for (let at: unknown = dto.prototype; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    for (const [name, field] of fieldsOf.get(at) ?? []) if (!fields.has(name)) fields.set(name, field);
  }
  const defaults = defaultsOf(dto);
  const isRequired = ([name, { isOptional }]: readonly [string, Field]) => !isOptional && !(name in defaults);
  return {
    title: dto.name,
    type: 'object',
    additionalProperties: false,
    required: [...fields].filter(isRequired).map(([name]) => name),
    properties: Object.fromEntries(
      [...fields].map(([name, field]) => [
        name,
        { ...schemaOfField(field), ...(name in defaults && { default: defaults[name] }) },
      ]),
    ),
  };
};

const schemaOfField = ({ schemas, mayBeNull }: Field): ValueSchema => {
  const all = schemas.map((schema) => (typeof schema === 'function' ? schema() : schema));
  const value = merged(all);
  return mayBeNull ? { anyOf: [value, { type: 'null' }] } : value;
};

/** One schema in place of several, where no two of them have the same keyword; rules without words hold together. */
const merged = (all: readonly ValueSchema[]): ValueSchema => {
  const keywords = all.flatMap((schema) => Object.keys(schema).filter((keyword) => keyword !== 'satisfies'));
  if (new Set(keywords).size < keywords.length) return { allOf: all };
  const rules = all.flatMap(({ satisfies }) => satisfies ?? []);
  return {
    ...Object.fromEntries(all.flatMap(Object.entries<unknown>)),
    ...(rules.length > 1 && { satisfies: (value) => rules.every((rule) => rule(value)) }),
  };
};

/** Schema of another DTO inside a body. @throws Error when it has defaults, which nothing would fill in there */
export const nestedSchemaOf = (dto: Class): ValueSchema => {
  const [name] = Object.keys(defaultsOf(dto));
  if (name !== undefined) throw new Error(`${dto.name} is used inside of a body, so ${name} must have no default`);
  return bodySchemaOf(dto);
};
