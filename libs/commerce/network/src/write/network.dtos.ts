import {
  Country,
  Currency,
  Degrees,
  Flag,
  FreeText,
  harmless,
  LocationId,
  NestedList,
  NotEmpty,
  OneOf,
  Optional,
  SomeOf,
  TimeZone,
  UniqueBy,
  Whole,
} from '#fields';
import {
  CHANNEL_KINDS,
  type ChannelConfiguration,
  type ChannelKind,
  type ChannelLocation,
  LOCATION_TYPES,
  type LocationDetails,
  type LocationType,
  type Method,
  METHODS,
} from '../domain/network.js';
import { ChannelId, Gln, LanguageTag } from './codes.js';

const MAX_LOCATIONS = 1_000;

export class RegisterLocationDto implements LocationDetails {
  @LocationId() readonly locationId!: string;
  @NotEmpty() @FreeText(200, 'High Street', harmless('The name of a place.')) readonly name!: string;
  @OneOf(LOCATION_TYPES) readonly type!: LocationType;
  @Optional() @Country() readonly country?: string;
  @Optional() @Gln() readonly gln?: string;
  @Optional() @TimeZone('Europe/London') readonly timeZone?: string;
  @Optional() @Degrees(90, 51.5) readonly latitude?: number;
  @Optional() @Degrees(180, -0.12) readonly longitude?: number;
}

export class PauseLocationDto {
  @LocationId() readonly locationId!: string;
  @NotEmpty()
  @FreeText(200, 'stock-taking', harmless('It is about a place, and read by those on call.'))
  readonly reason!: string;
}

export class ResumeLocationDto {
  @LocationId() readonly locationId!: string;
}

class ChannelLocationDto implements ChannelLocation {
  @LocationId() readonly locationId!: string;
  @SomeOf(METHODS) readonly methods!: Method[];
  @Whole(0, 10_000_000) readonly safetyStock!: number;
}

export class ConfigureChannelDto implements ChannelConfiguration {
  @ChannelId() readonly channelId!: string;
  @NotEmpty() @FreeText(200, 'Web shop, United Kingdom', harmless('The name of a channel.')) readonly name!: string;
  @OneOf(CHANNEL_KINDS) readonly kind!: ChannelKind;
  @Currency() readonly currency!: string;
  @LanguageTag() readonly locale!: string;
  /** In order of preference. */
  @UniqueBy('locationId')
  @NestedList(() => ChannelLocationDto, 0, MAX_LOCATIONS)
  readonly locations!: ChannelLocationDto[];
  @Whole(1, 31_536_000) readonly reservationTtlSeconds!: number;
  @Flag() readonly promisesIncoming!: boolean;
}
