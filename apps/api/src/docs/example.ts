import { type JsonSchema } from './shapes.js';

type Models = Readonly<Record<string, JsonSchema>>;

/** A value that fits a schema, made of the examples in it. Optional properties are in it where they have an example or a default. */
export const exampleOf = (schema: JsonSchema, models: Models, depth = 0): unknown => {
  const { example, items, properties } = schema;
  if (example !== undefined) return example;
  if (depth > 8) return undefined;
  const model = referred(schema, models);
  if (model) return exampleOf(model, models, depth + 1);
  if (items) return listed(exampleOf(items as JsonSchema, models, depth + 1));
  return properties ? exampleObject(schema, models, depth) : valueOf(schema);
};

const referred = ({ $ref, allOf, anyOf }: JsonSchema, models: Models): JsonSchema | undefined => {
  if (typeof $ref === 'string') return models[$ref.slice($ref.lastIndexOf('/') + 1)];
  const [first] = (allOf ?? anyOf ?? []) as readonly JsonSchema[];
  return first;
};

const listed = (item: unknown) => (item === undefined ? [] : [item]);

const exampleObject = ({ properties, required }: JsonSchema, models: Models, depth: number) => {
  const needed = new Set(required as readonly string[] | undefined);
  const entries = Object.entries(properties as Models).map(([name, schema]) => {
    const isShown = needed.has(name) || isTelling(schema);
    return [name, isShown ? exampleOf(schema, models, depth + 1) : undefined] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
};

const isTelling = ({ example, default: preset }: JsonSchema) => example !== undefined || preset !== undefined;

const VALUES: Readonly<Record<string, unknown>> = { integer: 1, number: 1, boolean: false, string: 'text', object: {} };

const valueOf = ({ const: value, enum: values, type, minimum }: JsonSchema): unknown =>
  value !== undefined
    ? value
    : Array.isArray(values)
      ? (values[0] as unknown)
      : type === 'integer' && minimum
        ? minimum
        : VALUES[String(type)];
