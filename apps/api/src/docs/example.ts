import { type Schema } from './shapes.js';

type Models = Readonly<Record<string, Schema>>;

/** A value that fits a schema, made of the examples in it. Optional properties are in it where they have an example or a default. */
export const exampleOf = (schema: Schema, models: Models, depth = 0): unknown => {
  const { example, items, properties } = schema;
  if (example !== undefined) return example;
  if (depth > 8) return undefined;
  const model = referred(schema, models);
  if (model) return exampleOf(model, models, depth + 1);
  if (items) return listed(exampleOf(items as Schema, models, depth + 1));
  return properties ? exampleObject(schema, models, depth) : valueOf(schema);
};

const referred = ({ $ref, allOf }: Schema, models: Models): Schema | undefined => {
  if (typeof $ref === 'string') return models[$ref.slice($ref.lastIndexOf('/') + 1)];
  return Array.isArray(allOf) ? (allOf[0] as Schema) : undefined;
};

const listed = (item: unknown) => (item === undefined ? [] : [item]);

const exampleObject = ({ properties, required }: Schema, models: Models, depth: number) => {
  const needed = new Set(required as readonly string[] | undefined);
  const entries = Object.entries(properties as Models).map(([name, schema]) => {
    const isShown = needed.has(name) || isTelling(schema);
    return [name, isShown ? exampleOf(schema, models, depth + 1) : undefined] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
};

const isTelling = ({ example, default: preset }: Schema) => example !== undefined || preset !== undefined;

const VALUES: Readonly<Record<string, unknown>> = { integer: 1, number: 1, boolean: false, string: 'text', object: {} };

const valueOf = ({ enum: values, type, minimum }: Schema): unknown =>
  Array.isArray(values) ? (values[0] as unknown) : type === 'integer' && minimum ? minimum : VALUES[String(type)];
