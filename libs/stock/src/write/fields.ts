/** Fields of the stock commands: their shape, and how the API's documentation shows it. */
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsISO8601, Matches, Max, Min, ValidateIf } from 'class-validator';
import { SKU } from '../domain/stock-item.js';

export const MOST_UNITS = 10_000_000;

const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;
const LOCATION_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const REF = /^[^\p{C}]{1,128}$/u;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

const text = (pattern: RegExp, example: string) => () =>
  applyDecorators(
    Matches(pattern, { message: `$property must match ${pattern.source}` }),
    ApiProperty({ type: String, pattern: pattern.source, example }),
  );

export const Sku = text(SKU, 'TSHIRT-RED-M');
export const LocationId = text(LOCATION_ID, 'store-12');
export const Id = text(ID, '0190b6d4-7a2e-4c1f-9a58-3f1de5a0c7b2');
/** A document of the caller's: a delivery note, a receipt, a reason in its own words. */
export const Ref = text(REF, 'DN-2026-0815/1');

/** A whole number of sellable units, or another whole number within the same bounds. */
export const Quantity = (minimum = 1) =>
  applyDecorators(
    IsInt(),
    Min(minimum),
    Max(MOST_UNITS),
    ApiProperty({ type: 'integer', minimum, maximum: MOST_UNITS, example: 3 }),
  );

/** ISO 8601 date and time with its offset from UTC. */
export const Instant = () =>
  applyDecorators(
    IsISO8601({ strict: true, strictSeparator: true }),
    Matches(DATE_TIME, { message: '$property must be a date and time with a time zone offset' }),
    ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T17:30:00.000Z' }),
  );

export const OneOf = (values: readonly string[]) =>
  applyDecorators(IsIn(values), ApiProperty({ type: String, enum: values }));

/** May be left out, but not null. Stands above the field's own decorator. */
export const Optional = () =>
  applyDecorators(
    ValidateIf((_, value) => value !== undefined),
    ApiProperty({ required: false }),
  );
