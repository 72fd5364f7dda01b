import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO31661Alpha2,
  IsISO4217CurrencyCode,
  IsLatitude,
  IsLongitude,
  IsNumber,
  IsTimeZone,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import {
  NETWORK_ID,
  type ChannelConfiguration,
  type ChannelKind,
  type ChannelLocation,
  type LocationDetails,
  type LocationType,
  type Method,
} from '../domain/network.js';
import { isGln, isLanguageTag } from './codes.js';

const LOCATION_TYPES: readonly LocationType[] = ['warehouse', 'store', 'showroom', 'dropship'];
const METHODS: readonly Method[] = ['ship', 'pickup', 'carry-out'];
const KINDS: readonly ChannelKind[] = [
  'web',
  'till',
  'marketplace',
  'app',
  'call-centre',
  'dropship',
  'wholesale',
  'other',
];
const TEXT = /^[^\p{C}]{1,200}$/u;

const field = (schema: ApiPropertyOptions, ...validators: PropertyDecorator[]) =>
  applyDecorators(...validators, ApiProperty(schema));

/** May be left out, but not null. Stands above the field's own decorator. */
const Optional = () =>
  field(
    { required: false },
    ValidateIf((_, value) => value !== undefined),
  );

const NetworkId = (example: string) =>
  field(
    { type: String, pattern: NETWORK_ID.source, example },
    Matches(NETWORK_ID, { message: `$property must match ${NETWORK_ID.source}` }),
  );

const Text = (example: string) =>
  field({ type: String, minLength: 1, maxLength: 200, example }, Matches(TEXT, { message: '$property must be text' }));

const OneOf = (values: readonly string[]) => field({ type: String, enum: values }, IsIn(values));

const Code = (name: string, example: string, isValid: (value: unknown) => boolean) =>
  field(
    { type: String, example },
    ValidateBy({ name, validator: { validate: isValid, defaultMessage: () => `$property must be a valid ${name}` } }),
  );

const Whole = (minimum: number, maximum: number) =>
  field({ type: 'integer', minimum, maximum }, IsInt(), Min(minimum), Max(maximum));

const Degrees = (isValid: PropertyDecorator, example: number) => field({ type: Number, example }, IsNumber(), isValid);

const Country = () => field({ type: String, example: 'GB' }, IsISO31661Alpha2(), Matches(/^[A-Z]{2}$/));

export class RegisterLocationDto implements LocationDetails {
  @NetworkId('store-12') readonly locationId!: string;
  @Text('High Street') readonly name!: string;
  @OneOf(LOCATION_TYPES) readonly type!: LocationType;
  @Optional() @Country() readonly country?: string;
  @Optional() @Code('GLN', '5012345000008', isGln) readonly gln?: string;
  @Optional() @field({ type: String, example: 'Europe/London' }, IsTimeZone()) readonly timeZone?: string;
  @Optional() @Degrees(IsLatitude(), 51.5) readonly latitude?: number;
  @Optional() @Degrees(IsLongitude(), -0.12) readonly longitude?: number;
}

export class PauseLocationDto {
  @NetworkId('store-12') readonly locationId!: string;
  @Text('stock-taking') readonly reason!: string;
}

export class ResumeLocationDto {
  @NetworkId('store-12') readonly locationId!: string;
}

class ChannelLocationDto implements ChannelLocation {
  @NetworkId('store-12') readonly locationId!: string;
  @field({ isArray: true, type: String, enum: METHODS }, ArrayNotEmpty(), ArrayUnique(), IsIn(METHODS, { each: true }))
  readonly methods!: Method[];
  @Whole(0, 10_000_000) readonly safetyStock!: number;
}

export class ConfigureChannelDto implements ChannelConfiguration {
  @NetworkId('web-uk') readonly channelId!: string;
  @Text('Web shop, United Kingdom') readonly name!: string;
  @OneOf(KINDS) readonly kind!: ChannelKind;
  @field({ type: String, example: 'GBP' }, IsISO4217CurrencyCode(), Matches(/^[A-Z]{3}$/)) readonly currency!: string;
  @Code('BCP 47 language tag', 'en-GB', isLanguageTag) readonly locale!: string;
  /** In order of preference. */
  @field(
    { type: () => [ChannelLocationDto] },
    IsArray(),
    ArrayMaxSize(1000),
    ArrayUnique((location: unknown) => (location as ChannelLocation | null)?.locationId),
    ValidateNested({ each: true }),
    Type(() => ChannelLocationDto),
  )
  readonly locations!: ChannelLocationDto[];
  @Whole(1, 31_536_000) readonly reservationTtlSeconds!: number;
  @field({ type: Boolean }, IsBoolean()) readonly promisesIncoming!: boolean;
}
