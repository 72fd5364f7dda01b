/** What the fields of commands look like: one decorator each, for validation and for the API's documentation. */
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  Equals,
  IsArray,
  IsEmail,
  IsIn,
  IsInt,
  IsISO31661Alpha2,
  IsISO4217CurrencyCode,
  IsISO8601,
  IsNumber,
  IsObject,
  Matches,
  Max,
  MaxLength,
  Min,
  NotEquals,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { holdsCardNumber } from './card-number.js';

/** Anything but control characters and broken surrogates, which databases refuse. */
const TEXT = /^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u;

const field = (schema: ApiPropertyOptions, ...rules: PropertyDecorator[]) =>
  applyDecorators(...rules, ApiProperty(schema));

/** May be left out, but not null. Stands above the field's own decorator. */
export const Optional = () =>
  field(
    { required: false },
    ValidateIf((_, value) => value !== undefined),
  );

const matching = (pattern: RegExp, example: string | null, ...rules: PropertyDecorator[]) =>
  field(
    { type: String, pattern: pattern.source, ...(example !== null && { example }) },
    Matches(pattern, { message: `$property must match ${pattern.source}` }),
    ...rules,
  );

const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** Of an order, customer, return …: a UUID is recommended; never personal data. */
export const Id = (example: string | null = '0190b6d4-7a2e-4c1f-9a58-3f1de5a0c7b2') => matching(ID, example);

/** As {@link Id}, several of them. */
export const Ids = (minItems: number, maxItems: number) =>
  field(
    {
      type: [String],
      minItems,
      maxItems,
      example: Array.from({ length: Math.max(1, minItems) }, (_, n) => `id-${n + 1}`),
    },
    IsArray(),
    ArrayMinSize(minItems),
    ArrayMaxSize(maxItems),
    Matches(ID, { each: true }),
  );

export const Sku = () => matching(/^[A-Za-z0-9][A-Za-z0-9._/ +-]{0,63}$/, 'TSHIRT-RED-M');

export const LocationId = () => matching(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'store-12');

/** A kind of something, in the caller's words. */
export const Kind = (example: string) => matching(/^[a-z][a-z0-9-]{0,31}$/, example);

/** A number or code of somebody else's, kept as it is. */
export const Reference = (example: string) => matching(/^[^\p{C}]{1,128}$/u, example);

/** ISO 4217. */
export const Currency = () => matching(/^[A-Z]{3}$/, 'EUR', IsISO4217CurrencyCode());

/** ISO 3166-1 alpha-2. */
export const Country = () => matching(/^[A-Z]{2}$/, 'DE', IsISO31661Alpha2());

/** BCP 47. */
export const Locale = () => matching(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$/, 'de-DE');

/** Between three digits and the fifteen that E.164 allows, however they are grouped. */
export const Phone = () => matching(/^\+?(?:[ ()./-]{0,2}[0-9]){3,15}$/, '+44 20 7946 0000');

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** ISO 8601 date and time with its offset from UTC, which a day alone does not have. */
export const Instant = () =>
  field(
    { type: String, format: 'date-time', example: '2026-01-31T17:30:00.000Z' },
    IsISO8601({ strict: true, strictSeparator: true }),
    Matches(DATE_TIME, { message: '$property must be a date and time with an offset from UTC' }),
  );

/** `true`, or left out. */
export const Yes = () => field({ type: Boolean, enum: [true] }, Equals(true));

export const OneOf = (values: readonly string[]) => field({ type: String, enum: [...values] }, IsIn(values));

export const Whole = (minimum: number, maximum: number, example?: number) =>
  field(
    { type: 'integer', minimum, maximum, ...(example !== undefined && { example }) },
    IsInt(),
    Min(minimum),
    Max(maximum),
  );

export const WholeNotZero = (minimum: number, maximum: number) =>
  applyDecorators(NotEquals(0), Whole(minimum, maximum, 1));

/** A latitude (up to 90) or longitude (up to 180). */
export const Degrees = (most: number, example: number) =>
  field({ type: 'number', minimum: -most, maximum: most, example }, IsNumber(), Min(-most), Max(most));

/** Words of a person. Card numbers are refused. */
export const FreeText = (maxLength: number, example: string) =>
  field({ type: String, maxLength, example }, Matches(TEXT), MaxLength(maxLength), NoCardNumber());

/** As {@link FreeText}, several of them. */
export const FreeTexts = (maxItems: number, maxLength: number, example: readonly string[]) =>
  field(
    { type: [String], maxItems, example: [...example] },
    IsArray(),
    ArrayMaxSize(maxItems),
    Matches(TEXT, { each: true }),
    MaxLength(maxLength, { each: true }),
    NoCardNumber(),
  );

export const Email = () => applyDecorators(FreeText(254, 'ada@example.com'), IsEmail());

/** Free facts: up to 20 pairs of strings. */
export const Attributes = () =>
  field(
    { type: 'object', additionalProperties: { type: 'string' }, description: 'Up to 20 pairs. Never personal data.' },
    IsObject(),
    ValidateBy({
      name: 'attributes',
      validator: {
        validate: areAttributes,
        defaultMessage: () => '$property must be at most 20 pairs: names up to 64 characters, texts up to 500',
      },
    }),
    NoCardNumber(),
  );

const areAttributes = (value: unknown) => {
  const pairs = Object.entries(value ?? {}) as [string, unknown][];
  return pairs.length <= 20 && pairs.every(([name, text]) => isText(name, 64) && isText(text, 500));
};

const isText = (text: unknown, most: number) => typeof text === 'string' && text.length <= most && TEXT.test(text);

const NoCardNumber = () =>
  ValidateBy({
    name: 'noCardNumber',
    validator: {
      validate: (value) => !textsOf(value).some(holdsCardNumber),
      defaultMessage: () => '$property seems to hold the number of a payment card, which must never be sent here',
    },
  });

const textsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, text]) => (typeof text === 'string' ? [name, text] : []));
};

type Class = new () => object;

/** Another DTO. @nestjs/swagger calls only functions that are named `type`, as arrows behind that key are. */
export const Nested = (type: () => Class) => field({ type: () => type() }, IsObject(), ValidateNested(), Type(type));

/** Other DTOs. */
export const NestedList = (type: () => Class, minItems: number, maxItems: number) =>
  field(
    { type: () => type(), isArray: true, minItems, maxItems },
    IsArray(),
    ArrayMinSize(minItems),
    ArrayMaxSize(maxItems),
    ValidateNested({ each: true }),
    Type(type),
  );
