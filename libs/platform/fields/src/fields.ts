/**
 * What the fields of commands look like. Each decorator says the same twice: to JSON Schema, which decides whether a body is
 * valid and is what the API's documentation shows, and to class-validator, which finds words for what is wrong with it.
 */
import { applyDecorators } from '@nestjs/common';
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
  Min,
  NotEquals,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { keepsTo, mayBeLeftOut, nestedSchemaOf, type Class, type ValueSchema } from './body-schema.js';
import {
  CURRENCIES,
  INSTANT_PATTERN,
  isCurrency,
  isDay,
  normalizeReference,
  normalizeSku,
  parseInstant,
} from '#kernel';
import { ABOUT_A_PERSON, harmless, type StoredText } from './stored-text.js';
import { COUNTRIES, isCountry } from './countries.js';
import { hasNoCardNumber, hasNoEmailAddress, NoCardNumber, NoEmailAddress } from './refused-texts.js';
import { isText, isWellFormed, IsText, textSchema } from './text.js';
import { isTimeZone, TIME_ZONES } from './time-zones.js';

const field = (schema: ValueSchema | (() => ValueSchema), ...rules: PropertyDecorator[]) =>
  applyDecorators(...rules, keepsTo(schema));

/** May be left out, but not null. Stands above the field's own decorator. */
export const Optional = () =>
  applyDecorators(
    ValidateIf((_, value) => value !== undefined),
    mayBeLeftOut(false),
  );

/** May be left out, or null, which says the same. Stands above the field's own decorator. */
export const OptionalOrNull = () => applyDecorators(IsOptional(), mayBeLeftOut(true));

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
    {
      ...{ type: 'string', pattern: pattern.source, ...(example !== null && { example }) },
      ...(normalize && { normalize }),
      ...(satisfies && { satisfies }),
    },
    Matches(pattern, { message: message ?? `$property must match ${pattern.source}` }),
    ...rules,
  );

/** Text that a pattern matches, and that holds no number of a payment card. */
export const Matching = (pattern: RegExp, options: Omit<MatchingOptions, 'satisfies'>) =>
  matching(pattern, { ...options, satisfies: hasNoCardNumber }, NoCardNumber());

/** A code of a list that is data of ours. @param title of the list in the documentation */
const listed = (title: string, values: readonly string[], example: string, ...rules: PropertyDecorator[]) =>
  field({ title, type: 'string', enum: values, example }, ...rules);

const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** Of an order, customer, return …: a UUID is recommended; never personal data. */
export const Id = (example: string | null = '0190b6d4-7a2e-4c1f-9a58-3f1de5a0c7b2') => Matching(ID, { example });

/** As {@link Id}, several of them. */
export const Ids = (minItems: number, maxItems: number) =>
  field(
    {
      ...{
        type: 'array',
        minItems,
        maxItems,
        items: { type: 'string', pattern: ID.source, satisfies: hasNoCardNumber },
      },
      example: Array.from({ length: Math.max(1, minItems) }, (_, n) => `id-${n + 1}`),
    },
    IsArray(),
    ArrayMinSize(minItems),
    ArrayMaxSize(maxItems),
    Matches(ID, { each: true }),
    NoCardNumber(),
  );

export const Sku = () =>
  applyDecorators(
    stored(harmless('The number of an article.')),
    Matching(/^[A-Za-z0-9][A-Za-z0-9._/ +-]{0,63}$/, { example: 'TSHIRT-RED-M', normalize: normalizeSku }),
  );

export const LocationId = () => Matching(/^[a-z0-9][a-z0-9._-]{0,63}$/, { example: 'store-12' });

/** A kind of something, in the caller's words. */
export const Kind = (example: string) => Matching(/^[a-z][a-z0-9-]{0,31}$/, { example });

const CODE = /^[^\p{C}]{1,128}$/u;

/** A number or code of somebody else's. */
export const Reference = (example: string, text: StoredText) =>
  applyDecorators(stored(text), Matching(CODE, { example, normalize: normalizeReference }));

/**
 * A code that a machine has issued and that is scanned: of a parcel, a gift card, a loyalty card. Unlike in a
 * {@link Reference}, its digits may look like the number of a payment card.
 */
export const IssuedCode = (example: string, text: StoredText) =>
  applyDecorators(stored(text), matching(CODE, { example }));

/** ISO 4217. */
export const Currency = () =>
  listed('Currency', CURRENCIES, 'EUR', MatchesCode(/^[A-Z]{3}$/), satisfying('currency code of ISO 4217', isCurrency));

/** ISO 3166-1 alpha-2, and additional codes that post and customs use, such as XK. */
export const Country = () =>
  listed('Country', COUNTRIES, 'DE', MatchesCode(/^[A-Z]{2}$/), satisfying('country code of ISO 3166-1', isCountry));

const MatchesCode = (pattern: RegExp) => Matches(pattern, { message: `$property must match ${pattern.source}` });

/** As {@link Country}, several of them. */
export const Countries = (maxItems: number) =>
  field(
    {
      ...{ type: 'array', minItems: 1, maxItems, uniqueItems: true, example: ['DE'] },
      items: { title: 'Country', type: 'string', enum: COUNTRIES, example: 'DE' },
    },
    ...AreDifferentTexts(/^[A-Z]{2}$/, maxItems),
    satisfying('list of country codes of ISO 3166-1', areCountries),
  );

const areCountries = (value: unknown) => Array.isArray(value) && value.every(isCountry);

/** BCP 47. */
export const Locale = () => Matching(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$/, { example: 'de-DE' });

/** Between three digits and the fifteen that E.164 allows, however they are grouped. */
export const Phone = () =>
  applyDecorators(
    stored(ABOUT_A_PERSON),
    Matching(/^\+?(?:[ ()./-]{0,2}[0-9]){3,15}$/, { example: '+44 20 7946 0000' }),
  );

const YEAR = String.raw`(?:19|[2-9]\d)\d\d-`;
/** Of instants as they are taken. */
export const INSTANT = {
  ...{ type: 'string', format: 'date-time' },
  pattern: INSTANT_PATTERN.source.replace(String.raw`\d{4}-`, YEAR),
};
/** Of days as they are taken. */
export const DAY = { type: 'string', format: 'date', pattern: `^${YEAR}` };

const isInstant = (value: unknown) => parseInstant(value) !== undefined;

/** ISO 8601 date and time with its offset from UTC, which a day alone does not have. It is brought to UTC. */
export const Instant = () =>
  field(
    {
      ...{ ...INSTANT, example: '2026-01-31T17:30:00.000Z' },
      normalize: (text: string) => parseInstant(text) ?? text,
      satisfies: isInstant,
    },
    satisfying('date and time with an offset from UTC, in a year from 1900 to 9999', isInstant),
  );

const isDayOrInstant = (value: unknown) => isDay(value) || isInstant(value);

/** ISO 8601: a day will do. */
export const DayOrInstant = () =>
  field(
    { anyOf: [DAY, INSTANT], satisfies: isDayOrInstant, example: '2030-01-31' },
    satisfying('day, or date and time with an offset from UTC, in a year from 1900 to 9999', isDayOrInstant),
  );

/** Of the IANA. */
export const TimeZone = (example: string) =>
  listed('TimeZone', TIME_ZONES, example, satisfying('name of a time zone of the IANA', isTimeZone));

export const Uuid = () =>
  field({ type: 'string', format: 'uuid', satisfies: (value: unknown) => isUUID(value) }, IsUUID());

/** A code that has its own rules, of which a schema tells a part. @param name of the kind of code, for messages */
export const Code = (name: string, schema: ValueSchema, isValid: (value: unknown) => boolean) =>
  field({ type: 'string', ...schema, satisfies: isValid }, satisfying(name, isValid));

/** @param name of what the value must be, for messages */
const satisfying = (name: string, isValid: (value: unknown) => boolean) =>
  ValidateBy({ name, validator: { validate: isValid, defaultMessage: () => `$property must be a valid ${name}` } });

export const Flag = () => field({ type: 'boolean' }, IsBoolean());

/** `true`, or left out. */
export const Yes = () => field({ type: 'boolean', const: true }, Equals(true));

export const OneOf = (values: readonly string[]) => field({ type: 'string', enum: values }, IsIn(values));

/** Some of the values, or none. */
export const ManyOf = (values: readonly string[]) =>
  field({ type: 'array', items: { type: 'string', enum: values } }, IsArray(), IsIn(values, { each: true }));

/** At least one of the values, none of them twice. */
export const SomeOf = (values: readonly string[], maxItems = values.length) =>
  field(
    { type: 'array', minItems: 1, maxItems, uniqueItems: true, items: { type: 'string', enum: values } },
    IsArray(),
    ArrayNotEmpty(),
    ArrayMaxSize(maxItems),
    ArrayUnique(),
    IsIn(values, { each: true }),
  );

/** At least one text that the pattern matches, none of them twice, and no number of a payment card. */
export const ListMatching = (pattern: RegExp, maxItems: number, example: string) =>
  field(
    {
      ...{ type: 'array', minItems: 1, maxItems, uniqueItems: true, example: [example] },
      items: { type: 'string', pattern: pattern.source, satisfies: hasNoCardNumber },
    },
    ...AreDifferentTexts(pattern, maxItems),
    NoCardNumber(),
  );

const AreDifferentTexts = (pattern: RegExp, maxItems: number) => [
  IsArray(),
  ArrayNotEmpty(),
  ArrayMaxSize(maxItems),
  ArrayUnique(),
  Matches(pattern, { each: true }),
];

/** No value but this one is allowed by the field's own decorator and refused. Stands above it. */
export const Not = (value: string | number, message?: string) =>
  applyDecorators(NotEquals(value, message === undefined ? {} : { message }), keepsTo({ not: { const: value } }));

export const Whole = (minimum: number, maximum: number, example?: number) =>
  field(
    { type: 'integer', minimum, maximum, ...(example !== undefined && { example }) },
    IsInt(),
    Min(minimum),
    Max(maximum),
  );

export const WholeNotZero = (minimum: number, maximum: number) => applyDecorators(Not(0), Whole(minimum, maximum, 1));

/** A latitude (up to 90) or longitude (up to 180). */
export const Degrees = (most: number, example: number) =>
  field({ type: 'number', minimum: -most, maximum: most, example }, IsNumber(), Min(-most), Max(most));

/** Words of a person. Card numbers are refused. */
export const FreeText = (maxLength: number, example: string, text: StoredText) =>
  applyDecorators(
    stored(text),
    field(
      {
        ...textSchema(maxLength),
        example,
        satisfies: (value: unknown) => isWellFormed(value) && hasNoCardNumber(value),
      },
      IsText(maxLength),
      NoCardNumber(),
    ),
  );

/** Stands above the decorator of a text. */
export const NotEmpty = () => applyDecorators(IsNotEmpty(), keepsTo({ minLength: 1 }));

/** As {@link FreeText}, several of them. */
export const FreeTexts = (
  { maxItems, maxLength, example }: { maxItems: number; maxLength: number; example: readonly string[] },
  text: StoredText,
) =>
  applyDecorators(
    stored(text),
    field(
      { type: 'array', maxItems, example, items: textSchema(maxLength), satisfies: hasNoCardNumber },
      IsArray(),
      ArrayMaxSize(maxItems),
      IsText(maxLength, { each: true }),
      NoCardNumber(),
    ),
  );

export const AnyText = () => field({ type: 'string' }, IsString());

export const Email = () =>
  applyDecorators(
    FreeText(254, 'ada@example.com', ABOUT_A_PERSON),
    keepsTo({ format: 'email', satisfies: isEmail }),
    IsEmail(),
  );

const ATTRIBUTES =
  'Up to 20 pairs. Never personal data, nor the number of a payment card: serialNumber alone may look like one.';

const MAX_ATTRIBUTES = 20;
/** Names that no field may have. */
const BUILT_IN_NAMES = Object.getOwnPropertyNames(Object.prototype);

/** Free facts: up to 20 pairs of strings. */
export const Attributes = () =>
  applyDecorators(
    stored(harmless('Facts for analysts, which the API asks to keep free of personal data.')),
    attributes(),
  );

const attributes = () =>
  field(
    {
      ...{ type: 'object', maxProperties: MAX_ATTRIBUTES, description: ATTRIBUTES },
      propertyNames: { ...textSchema(64), not: { enum: BUILT_IN_NAMES } },
      additionalProperties: textSchema(500),
      satisfies: hasNoCardNumber,
    },
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
  field({ type: 'object', additionalProperties: true, example }, IsObject());

const areAttributes = (value: unknown) => {
  const pairs = Object.entries(value ?? {}) as [string, unknown][];
  return pairs.length <= MAX_ATTRIBUTES && pairs.every(([name, text]) => isText(name, 64) && isText(text, 500));
};

/** Notes what is stored of a text. One that is stored in clear must hold no e-mail address. */
const stored = (text: StoredText) =>
  text.as === 'clear'
    ? field({ stored: text, satisfies: hasNoEmailAddress }, NoEmailAddress())
    : keepsTo({ stored: text });

/** Another DTO. */
export const Nested = (type: () => Class) =>
  field(() => nestedSchemaOf(type()), IsObject(), ValidateNested(), Type(type));

/** Other DTOs. */
export const NestedList = (type: () => Class, minItems: number, maxItems: number) =>
  field(
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
