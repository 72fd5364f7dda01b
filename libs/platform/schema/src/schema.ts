declare const VALUE: unique symbol;

/** A JSON Schema (2020-12) of values of a type. The type is known to the compiler only. */
export interface Schema<Value = unknown> {
  readonly [keyword: string]: unknown;
  readonly [VALUE]?: Value;
}

export type ValueOf<Described> = Described extends Schema<infer Value> ? Value : never;

/** Schemas by name of the property. A name that ends in `?` is that of an optional property. */
export type Properties = Readonly<Record<string, Schema>>;

type Required<Described extends Properties> = {
  readonly [Name in keyof Described as Name extends `${string}?` ? never : Name]: ValueOf<Described[Name]>;
};
type Optional<Described extends Properties> = {
  readonly [Name in keyof Described as Name extends `${infer Optional}?` ? Optional : never]?: ValueOf<Described[Name]>;
};
type Flat<Value> = { readonly [Name in keyof Value]: Value[Name] };

/** An object with these properties. */
export type ObjectOf<Described extends Properties> = Flat<Required<Described> & Optional<Described>>;

export const text: Schema<string> = { type: 'string' };
export const integer: Schema<number> = { type: 'integer' };
export const decimal: Schema<number> = { type: 'number' };
export const flag: Schema<boolean> = { type: 'boolean' };
/** ISO 8601, UTC. */
export const instant: Schema<string> = { type: 'string', format: 'date-time' };
/** YYYY-MM-DD. */
export const day: Schema<string> = { type: 'string', format: 'date' };
export const uuid: Schema<string> = { type: 'string', format: 'uuid' };
export const anything: Schema<object> = { type: 'object', additionalProperties: true };
export const texts: Schema<Readonly<Record<string, string>>> = recordOf(text);

/** An object whose properties have any names. */
export function recordOf<Value>(values: Schema<Value>): Schema<Readonly<Record<string, Value>>> {
  return { type: 'object', additionalProperties: values };
}

export const oneOf = <const Value extends string>(...values: readonly Value[]): Schema<Value> => ({
  type: 'string',
  enum: values,
});

export const listOf = <Item>(items: Schema<Item>): Schema<readonly Item[]> => ({ type: 'array', items });

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

export const orNull = <Value>(schema: Schema<Value>): Schema<Value | null> => {
  const type = schema['type'];
  const values: unknown = schema['enum'];
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  return { ...schema, type: [type, 'null'], ...(isList(values) && { enum: [...values, null] }) };
};

/** An object of exactly these properties. */
export const object = <const Described extends Properties>(properties: Described): Schema<ObjectOf<Described>> => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !name.endsWith('?')),
  properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name.replace('?', ''), schema])),
});

/** With what the name of a property does not say: its unit, its sign, its definition. */
export const described = <Value>(schema: Schema<Value>, description: string): Schema<Value> => ({
  ...schema,
  description,
});

/** Personal data; an object that says so once its subject was erased, or its key is lost. */
export const orUnreadable = (schema: Schema): Schema => ({
  anyOf: [schema, object({ erased: { const: true } }), object({ lost: { const: true } })],
});

/** How to reach a person. */
export const contact = object({
  'name?': orUnreadable(text),
  'email?': orUnreadable(text),
  'phone?': orUnreadable(text),
});

/** Price of one unit. */
export const unitPrice = described(
  object({ amount: integer, scale: integer }),
  'Price of one unit: amount × 10^-scale of the currency',
);

/** The schema of this name in the document of the API. */
export const ref = <Value = unknown>(name: string): Schema<Value> => ({ $ref: `#/components/schemas/${name}` });
