import {
  Country,
  Currency,
  Degrees,
  Flag,
  FreeText,
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
  type ChannelConfiguration,
  type ChannelKind,
  type ChannelLocation,
  type LocationDetails,
  type LocationType,
  type Method,
} from '../domain/network.js';
import { ChannelId, Gln, LanguageTag } from './codes.js';

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
const MAX_LOCATIONS = 1_000;

export class RegisterLocationDto implements LocationDetails {
  @LocationId() readonly locationId!: string;
  @NotEmpty() @FreeText(200, 'High Street') readonly name!: string;
  @OneOf(LOCATION_TYPES) readonly type!: LocationType;
  @Optional() @Country() readonly country?: string;
  @Optional() @Gln() readonly gln?: string;
  @Optional() @TimeZone('Europe/London') readonly timeZone?: string;
  @Optional() @Degrees(90, 51.5) readonly latitude?: number;
  @Optional() @Degrees(180, -0.12) readonly longitude?: number;
}

export class PauseLocationDto {
  @LocationId() readonly locationId!: string;
  @NotEmpty() @FreeText(200, 'stock-taking') readonly reason!: string;
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
  @NotEmpty() @FreeText(200, 'Web shop, United Kingdom') readonly name!: string;
  @OneOf(KINDS) readonly kind!: ChannelKind;
  @Currency() readonly currency!: string;
  @LanguageTag() readonly locale!: string;
  /** In order of preference. */
  @UniqueBy('locationId')
  @NestedList(() => ChannelLocationDto, 0, MAX_LOCATIONS)
  readonly locations!: ChannelLocationDto[];
  @Whole(1, 31_536_000) readonly reservationTtlSeconds!: number;
  @Flag() readonly promisesIncoming!: boolean;
}
