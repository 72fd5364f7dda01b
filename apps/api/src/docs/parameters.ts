/** The parameters that several routes have, and what the parts of their paths look like. */
import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiNotModifiedResponse, ApiQuery } from '@nestjs/swagger';
import { DAY, INSTANT } from '#fields';
import { type JsonSchema } from './shapes.js';

export interface Parameter {
  readonly name: string;
  readonly in: string;
}

const SKU = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._/ +-]{0,63}$' };
const ID = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$' };
export const POSITION = { type: 'string', pattern: '^(0|[1-9][0-9]{0,14})$', example: '0' };
/** Base64url of a list in JSON whose first item is a text. */
const CURSOR = { type: 'string', pattern: '^WyI[A-Za-z0-9_-]+$' };

/** Ids of what processes began are longer than those that callers choose. */
const LONG_ID = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._:~-]{0,199}$' };
const PARTS_OF_PATHS: Readonly<Record<string, JsonSchema>> = {
  sku: SKU,
  currency: { type: 'string', pattern: '^[A-Z]{3}$' },
};

/** With the schemas of those that are a part of the path. */
export const described = (parameters: readonly Parameter[] = []): readonly object[] =>
  parameters.map((parameter) =>
    parameter.in === 'path' ? { ...parameter, schema: PARTS_OF_PATHS[parameter.name] ?? LONG_ID } : parameter,
  );

const optional = (name: string, schema: object, description?: string) =>
  ApiQuery({ name, required: false, schema, ...(description !== undefined && { description }) });

export const IdParameter = (name: string, description?: string) => optional(name, ID, description);

export const SkuParameter = () => ApiQuery({ name: 'sku', required: true, schema: SKU });

export const SkusParameter = (maxItems: number) =>
  ApiQuery({
    name: 'sku',
    required: true,
    schema: { type: 'array', minItems: 1, maxItems, items: SKU },
    description: 'Repeated or comma-separated.',
  });

export const PageCursor = () => optional('cursor', CURSOR, '`next` of the page before.');

export const PositionCursor = () => optional('cursor', POSITION, '`next` of the page before.');

export const Limit = (maximum: number, description?: string) =>
  optional('limit', { type: 'integer', minimum: 1, maximum, default: 50 }, description);

export const AsOf = () => optional('asOf', INSTANT, 'As it was recorded by this instant (ISO 8601).');

export const DayParameter = (name: string, description: string) => optional(name, DAY, description);

/** The answer has an ETag. */
export const WithETag = () =>
  applyDecorators(
    ApiHeader({ name: 'If-None-Match', required: false, description: 'The ETag of an answer before.' }),
    ApiNotModifiedResponse({ description: 'Nothing has changed since the answer with that ETag.' }),
  );
