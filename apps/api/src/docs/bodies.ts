import { bodySchemaOf, type Class, type ValueSchema } from '#fields';
import { ref } from '#schema';
import { type JsonSchema } from './shapes.js';

/**
 * What bodies look like, by name: the schemas by which they are validated, without the rules that JSON Schema has no words
 * for. A schema with a title is one of them.
 * @throws Error when two have the same name
 */
export const bodyModels = (dtos: readonly Class[]): Readonly<Record<string, JsonSchema>> => {
  const models: Record<string, JsonSchema> = {};
  const documented = ({ title, ...keywords }: ValueSchema): JsonSchema => {
    const schema = Object.fromEntries(
      Object.entries(keywords)
        .filter(([keyword, value]) => typeof value !== 'function' && keyword !== 'stored')
        .map(([keyword, value]) => [keyword, inside(keyword, value)]),
    );
    if (typeof title !== 'string') return schema;
    if (JSON.stringify(models[title] ?? schema) !== JSON.stringify(schema))
      throw new Error(`${title} stands for two schemas`);
    models[title] = schema;
    return ref(title);
  };
  const inside = (keyword: string, value: unknown): unknown => {
    if (LISTS.has(keyword)) return (value as readonly ValueSchema[]).map(documented);
    if (keyword === 'properties') {
      const properties = Object.entries(value as Readonly<Record<string, ValueSchema>>);
      return Object.fromEntries(properties.map(([name, schema]) => [name, documented(schema)]));
    }
    return SCHEMAS.has(keyword) && typeof value === 'object' ? documented(value as ValueSchema) : value;
  };
  for (const dto of dtos) documented(bodySchemaOf(dto));
  return models;
};

const LISTS: ReadonlySet<string> = new Set(['allOf', 'anyOf']);
const SCHEMAS: ReadonlySet<string> = new Set(['items', 'additionalProperties', 'propertyNames', 'not']);
