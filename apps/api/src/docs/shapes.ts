import { type ApiResponseOptions } from '@nestjs/swagger';

/** JSON Schema 2020-12, as far as the documentation needs it. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

export const text: Schema = { type: 'string' };
export const integer: Schema = { type: 'integer' };
export const flag: Schema = { type: 'boolean' };
export const instant: Schema = { type: 'string', format: 'date-time' };
export const anything: Schema = { type: 'object', additionalProperties: true };
export const texts: Schema = { type: 'object', additionalProperties: { type: 'string' } };

export const oneOf = (...values: readonly string[]): Schema => ({ type: 'string', enum: values });
export const listOf = (items: Schema): Schema => ({ type: 'array', items });
export const orNull = (schema: Schema): Schema =>
  typeof schema['type'] === 'string'
    ? { ...schema, type: [schema['type'], 'null'] }
    : { anyOf: [schema, { type: 'null' }] };
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** An object of exactly these properties; a name that ends in `?` is optional. */
export const object = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !name.endsWith('?')),
  properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name.replace('?', ''), schema])),
});

export const itemsOf = (name: string): Schema => object({ items: listOf(ref(name)) });

/** For Nest's decorators, whose schemas are typed for OpenAPI 3.0. */
export const answers = (schema: Schema): ApiResponseOptions => ({ schema });
