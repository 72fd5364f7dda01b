/**
 * What the fields of commands look like. Each decorator says the same three times: to the API's documentation, to JSON
 * Schema, which decides whether a body is valid, and to class-validator, which finds words for what is wrong with it.
 */
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayNotEmpty,
  ArrayUnique,
  arrayUnique,
  Equals,
  IsArray,
  IsBoolean,
  IsEmail,
  isEmail,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  isUUID,
  Matches,
  Max,
  MaxLength,
  maxLength as isNoLongerThan,
  Min,
  NotEquals,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { keepsTo, mayBeLeftOut, nestedSchemaOf, type Class, type ValueSchema } from './body-schema.js';
import { isCurrency, isDay, normalizeReference, normalizeSku, parseInstant } from '#kernel';
import { holdsCardNumber } from './card-number.js';
import { isCountry } from './countries.js';
import { isTimeZone } from './time-zones.js';

/** Anything but control characters and broken surrogates, which databases refuse. */
const TEXT = /^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u;

const field = (
  documented: ApiPropertyOptions,
  schema: ValueSchema | (() => ValueSchema),
  ...rules: PropertyDecorator[]
) => applyDecorators(...rules, keepsTo(schema), ApiProperty(documented));

/** May be left out, but not null. Stands above the field's own decorator. */
export const Optional = () =>
  applyDecorators(
    ValidateIf((_, value) => value !== undefined),
    mayBeLeftOut(false),
    ApiProperty({ required: false }),
  );

/** May be left out, or null, which says the same. Stands above the field's own decorator. */
export const OptionalOrNull = () => applyDecorators(IsOptional(), mayBeLeftOut(true), ApiProperty({ required: false }));

export interface MatchingOptions {
  /** Null: none is shown. */
  readonly example: string | null;
  readonly message?: string;
  /** The one way to write it. */
  readonly normalize?: (text: string) => string;
  /** A rule that no pattern can tell. */
  readonly satisfies?: (value: unknown) => boolean;
}

/** Text that a pattern matches, whatever digits it has. */
const matching = (
  pattern: RegExp,
  { example, message, normalize, satisfies }: MatchingOptions,
  ...rules: PropertyDecorator[]
) =>
  field(
    { type: String, pattern: pattern.source, ...(example !== null && { example }) },
    { type: 'string', pattern: pattern.source, ...(normalize && { normalize }), ...(satisfies && { satisfies }) },
    Matches(pattern, { message: message ?? `$property must match ${pattern.source}` }),
    ...rules,
  );

/** Text that a pattern matches, and that holds no number of a payment card. */
export const Matching = (pattern: RegExp, options: Omit<MatchingOptions, 'satisfies'>) =>
  matching(pattern, { ...options, satisfies: hasNoCardNumber }, NoCardNumber());

/** A code of a list that is data of ours. */
const listed = (name: string, pattern: RegExp, example: string, isListed: (value: unknown) => boolean) =>
  matching(pattern, { example, satisfies: isListed }, satisfying(name, isListed));

const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** Of an order, customer, return …: a UUID is recommended; never personal data. */
export const Id = (example: string | null = '0190b6d4-7a2e-4c1f-9a58-3f1de5a0c7b2') => Matching(ID, { example });

/** As {@link Id}, several of them. */
export const Ids = (minItems: number, maxItems: number) =>
  field(
    {
      type: [String],
      minItems,
      maxItems,
      example: Array.from({ length: Math.max(1, minItems) }, (_, n) => `id-${n + 1}`),
    },
    { type: 'array', minItems, maxItems, items: { type: 'string', pattern: ID.source, satisfies: hasNoCardNumber } },
    IsArray(),
    ArrayMinSize(minItems),
    ArrayMaxSize(maxItems),
    Matches(ID, { each: true }),
    NoCardNumber(),
  );

export const Sku = () =>
  Matching(/^[A-Za-z0-9][A-Za-z0-9._/ +-]{0,63}$/, { example: 'TSHIRT-RED-M', normalize: normalizeSku });

export const LocationId = () => Matching(/^[a-z0-9][a-z0-9._-]{0,63}$/, { example: 'store-12' });

/** A kind of something, in the caller's words. */
export const Kind = (example: string) => Matching(/^[a-z][a-z0-9-]{0,31}$/, { example });

const CODE = /^[^\p{C}]{1,128}$/u;

/** A number or code of somebody else's. */
export const Reference = (example: string) => Matching(CODE, { example, normalize: normalizeReference });

/**
 * A code that a machine has issued and that is scanned: of a parcel, a gift card, a loyalty card. Unlike in a
 * {@link Reference}, its digits may look like the number of a payment card.
 */
export const IssuedCode = (example: string) => matching(CODE, { example });

/** ISO 4217. */
export const Currency = () => listed('currency code of ISO 4217', /^[A-Z]{3}$/, 'EUR', isCurrency);

/** ISO 3166-1 alpha-2, and what post and customs use beside it, such as XK. */
export const Country = () => listed('country code of ISO 3166-1', /^[A-Z]{2}$/, 'DE', isCountry);

/** As {@link Country}, several of them. */
export const Countries = (maxItems: number) =>
  applyDecorators(
    ListMatching(/^[A-Z]{2}$/, maxItems, 'DE'),
    keepsTo({ satisfies: areCountries }),
    satisfying('list of country codes of ISO 3166-1', areCountries),
  );

const areCountries = (value: unknown) => Array.isArray(value) && value.every(isCountry);

/** BCP 47. */
export const Locale = () => Matching(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$/, { example: 'de-DE' });

/** Between three digits and the fifteen that E.164 allows, however they are grouped. */
export const Phone = () => Matching(/^\+?(?:[ ()./-]{0,2}[0-9]){3,15}$/, { example: '+44 20 7946 0000' });

const isInstant = (value: unknown) => parseInstant(value) !== undefined;

/** ISO 8601 date and time with its offset from UTC, which a day alone does not have. It is brought to UTC. */
export const Instant = () =>
  field(
    { type: String, format: 'date-time', example: '2026-01-31T17:30:00.000Z' },
    { type: 'string', normalize: (text) => parseInstant(text) ?? text, satisfies: isInstant },
    satisfying('date and time with an offset from UTC, in a year from 1900 to 9999', isInstant),
  );

const isDayOrInstant = (value: unknown) => isDay(value) || isInstant(value);

/** ISO 8601: a day will do. */
export const DayOrInstant = () =>
  field(
    { type: String, format: 'date-time' },
    { satisfies: isDayOrInstant },
    satisfying('day, or date and time with an offset from UTC, in a year from 1900 to 9999', isDayOrInstant),
  );

/** Of the IANA. */
export const TimeZone = (example: string) => Code('name of a time zone of the IANA', example, isTimeZone);

export const Uuid = () =>
  field({ type: String, format: 'uuid' }, { type: 'string', satisfies: (value) => isUUID(value) }, IsUUID());

/** A code that has its own rules. @param name of the kind of code, for messages */
export const Code = (name: string, example: string, isValid: (value: unknown) => boolean) =>
  field({ type: String, example }, { satisfies: isValid }, satisfying(name, isValid));

/** @param name of what the value must be, for messages */
const satisfying = (name: string, isValid: (value: unknown) => boolean) =>
  ValidateBy({ name, validator: { validate: isValid, defaultMessage: () => `$property must be a valid ${name}` } });

export const Flag = () => field({ type: Boolean }, { type: 'boolean' }, IsBoolean());

/** `true`, or left out. */
export const Yes = () => field({ type: Boolean, enum: [true] }, { const: true }, Equals(true));

export const OneOf = (values: readonly string[]) =>
  field({ type: String, enum: [...values] }, { enum: values }, IsIn(values));

/** Some of the values, or none. */
export const ManyOf = (values: readonly string[]) =>
  field(
    { type: String, enum: [...values], isArray: true },
    { type: 'array', items: { enum: values } },
    IsArray(),
    IsIn(values, { each: true }),
  );

/** At least one of the values, none of them twice. */
export const SomeOf = (values: readonly string[], maxItems = values.length) =>
  field(
    { type: String, enum: [...values], isArray: true },
    { type: 'array', minItems: 1, maxItems, uniqueItems: true, items: { enum: values } },
    IsArray(),
    ArrayNotEmpty(),
    ArrayMaxSize(maxItems),
    ArrayUnique(),
    IsIn(values, { each: true }),
  );

/** At least one text that the pattern matches, none of them twice, and no number of a payment card. */
export const ListMatching = (pattern: RegExp, maxItems: number, example: string) =>
  field(
    { type: String, pattern: pattern.source, example: [example], isArray: true },
    {
      ...{ type: 'array', minItems: 1, maxItems, uniqueItems: true },
      items: { type: 'string', pattern: pattern.source, satisfies: hasNoCardNumber },
    },
    IsArray(),
    ArrayNotEmpty(),
    ArrayMaxSize(maxItems),
    ArrayUnique(),
    Matches(pattern, { each: true }),
    NoCardNumber(),
  );

/** No value but this one is allowed by the field's own decorator and refused. Stands above it. */
export const Not = (value: string | number, message?: string) =>
  applyDecorators(NotEquals(value, message === undefined ? {} : { message }), keepsTo({ not: { const: value } }));

export const Whole = (minimum: number, maximum: number, example?: number) =>
  field(
    { type: 'integer', minimum, maximum, ...(example !== undefined && { example }) },
    { type: 'integer', minimum, maximum },
    IsInt(),
    Min(minimum),
    Max(maximum),
  );

export const WholeNotZero = (minimum: number, maximum: number) => applyDecorators(Not(0), Whole(minimum, maximum, 1));

/** A latitude (up to 90) or longitude (up to 180). */
export const Degrees = (most: number, example: number) =>
  field(
    { type: 'number', minimum: -most, maximum: most, example },
    { type: 'number', minimum: -most, maximum: most },
    IsNumber(),
    Min(-most),
    Max(most),
  );

const isFreeText = (maxLength: number) => (value: unknown) =>
  typeof value === 'string' && TEXT.test(value) && isNoLongerThan(value, maxLength) && !holdsCardNumber(value);

/** Words of a person. Card numbers are refused. */
export const FreeText = (maxLength: number, example: string) =>
  field(
    { type: String, maxLength, example },
    { satisfies: isFreeText(maxLength) },
    Matches(TEXT),
    MaxLength(maxLength),
    NoCardNumber(),
  );

/** Stands above the decorator of a text. */
export const NotEmpty = () => applyDecorators(IsNotEmpty(), keepsTo({ minLength: 1 }));

/** As {@link FreeText}, several of them. */
export const FreeTexts = (maxItems: number, maxLength: number, example: readonly string[]) =>
  field(
    { type: [String], maxItems, example: [...example] },
    { type: 'array', maxItems, items: { satisfies: isFreeText(maxLength) } },
    IsArray(),
    ArrayMaxSize(maxItems),
    Matches(TEXT, { each: true }),
    MaxLength(maxLength, { each: true }),
    NoCardNumber(),
  );

export const AnyText = () => field({ type: String }, { type: 'string' }, IsString());

export const Email = () =>
  applyDecorators(FreeText(254, 'ada@example.com'), keepsTo({ satisfies: isEmail }), IsEmail());

const ATTRIBUTES =
  'Up to 20 pairs. Never personal data, nor the number of a payment card: serialNumber alone may look like one.';

/** Free facts: up to 20 pairs of strings. */
export const Attributes = () =>
  field(
    { type: 'object', additionalProperties: { type: 'string' }, description: ATTRIBUTES },
    { type: 'object', satisfies: (value) => areAttributes(value) && hasNoCardNumber(value) },
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

/** An object that is looked at elsewhere. */
export const AnyObject = (example: object) =>
  field({ type: 'object', additionalProperties: true, example }, { type: 'object' }, IsObject());

const areAttributes = (value: unknown) => {
  const pairs = Object.entries(value ?? {}) as [string, unknown][];
  return pairs.length <= 20 && pairs.every(([name, text]) => isText(name, 64) && isText(text, 500));
};

const isText = (text: unknown, most: number) => typeof text === 'string' && text.length <= most && TEXT.test(text);

const hasNoCardNumber = (value: unknown) => !textsOf(value).some(holdsCardNumber);

const NoCardNumber = () =>
  ValidateBy({
    name: 'noCardNumber',
    validator: {
      validate: hasNoCardNumber,
      defaultMessage: () =>
        '$property seems to hold the number of a payment card, which must never be sent here; a serial number belongs ' +
        'in the attribute serialNumber',
    },
  });

/** The attribute for serial numbers: they are scanned, and some look like the number of a card. */
const SERIAL_NUMBER = 'serialNumber';

const textsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, text]) =>
    typeof text === 'string' && name !== SERIAL_NUMBER ? [name, text] : [],
  );
};

/** Another DTO. @nestjs/swagger calls only functions that are named `type`, as arrows behind that key are. */
export const Nested = (type: () => Class) =>
  field({ type: () => type() }, () => nestedSchemaOf(type()), IsObject(), ValidateNested(), Type(type));

/** Other DTOs. */
export const NestedList = (type: () => Class, minItems: number, maxItems: number) =>
  field(
    { type: () => type(), isArray: true, minItems, maxItems },
    () => ({ type: 'array', minItems, maxItems, items: nestedSchemaOf(type()) }),
    IsArray(),
    ArrayMinSize(minItems),
    ArrayMaxSize(maxItems),
    ValidateNested({ each: true }),
    Type(type),
  );

/** No two items have the same value in this property. Stands above the list's own decorator. */
export const UniqueBy = (property: string) => {
  const valueIn = (item: unknown) => (item as Record<string, unknown> | null)?.[property];
  return applyDecorators(
    ArrayUnique(valueIn),
    keepsTo({ satisfies: (items) => !Array.isArray(items) || arrayUnique(items, valueIn) }),
  );
};
