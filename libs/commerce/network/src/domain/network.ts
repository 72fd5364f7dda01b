/** Commands and events of locations and channels. */
import { type Message } from '#kernel';

export const LOCATION_TYPES = ['warehouse', 'store', 'showroom', 'dropship'] as const;
export type LocationType = (typeof LOCATION_TYPES)[number];

/** How goods reach the buyer. */
export const METHODS = ['ship', 'pickup', 'carry-out'] as const;
export type Method = (typeof METHODS)[number];

export interface LocationDetails {
  readonly name: string;
  readonly type: LocationType;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  /** GS1 Global Location Number, 13 digits with a valid check digit. */
  readonly gln?: string;
  /** IANA name, for example `Europe/London`. */
  readonly timeZone?: string;
  readonly latitude?: number;
  readonly longitude?: number;
}

export type LocationCommand =
  /** Registers the location, or changes its details. */
  | Message<'RegisterLocation', { locationId: string } & LocationDetails>
  /** A paused location takes no new reservations. */
  | Message<'PauseLocation', { locationId: string; reason: string }>
  | Message<'ResumeLocation', { locationId: string }>;

export type LocationEvent =
  | Message<'LocationRegistered', LocationDetails>
  | Message<'LocationDetailsChanged', LocationDetails>
  | Message<'LocationPaused', { reason: string }>
  | Message<'LocationResumed'>;

export const CHANNEL_KINDS = [
  'web',
  'till',
  'marketplace',
  'app',
  'call-centre',
  'dropship',
  'wholesale',
  'other',
] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

export interface ChannelLocation {
  readonly locationId: string;
  readonly methods: readonly Method[];
  /** Units at this location that the channel does not sell. */
  readonly safetyStock: number;
}

export interface ChannelConfiguration {
  readonly name: string;
  readonly kind: ChannelKind;
  /** ISO 4217. */
  readonly currency: string;
  /** BCP 47. */
  readonly locale: string;
  /** In order of preference, the preferred first. */
  readonly locations: readonly ChannelLocation[];
  /** Lifetime of a soft reservation and of an unfinished checkout. */
  readonly reservationTtlSeconds: number;
  /** Whether announced incoming stock counts as available. */
  readonly promisesIncoming: boolean;
}

/** Adds the channel, or replaces its configuration. */
export type ChannelCommand = Message<'ConfigureChannel', { channelId: string } & ChannelConfiguration>;

/** `version` counts the configurations from 1. Decisions record the version that they used. */
export type ChannelEvent = Message<'ChannelConfigured', ChannelConfiguration & { version: number }>;

/** Format of the ids of locations and channels. */
export const NETWORK_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
