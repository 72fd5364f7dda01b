import { idOf } from '#event-store';
import {
  column,
  type FoldedProjection,
  nullable,
  optionalPropertiesOf,
  primary,
  propertiesOf,
  readTable,
  type RowOf,
} from '#projections';
import { described, integer, listOf, object, oneOf, text } from '#schema';
import { CHANNEL_KINDS, type ChannelEvent, LOCATION_TYPES, type LocationEvent, METHODS } from '../domain/network.js';

const identity = {
  locationId: primary(column.text('Id of the location')),
  name: column.text('Name of the location, for people'),
  type: column.oneOf(LOCATION_TYPES, 'warehouse, store, showroom or dropship'),
};

/** Optional details of a location. */
const details = {
  country: column.text('ISO 3166-1 alpha-2'),
  gln: column.text('GS1 Global Location Number'),
  timeZone: column.text('IANA name, for example Europe/London'),
  latitude: column.decimal('Degrees, north is positive'),
  longitude: column.decimal('Degrees, east is positive'),
};

const paused = column.flag('Takes no new reservations');

export const locationColumns = {
  ...identity,
  country: nullable(details.country),
  gln: nullable(details.gln),
  timeZone: nullable(details.timeZone),
  latitude: nullable(details.latitude),
  longitude: nullable(details.longitude),
  paused,
};

export const knownLocationSchema = object({
  ...propertiesOf({ ...identity, paused }),
  ...optionalPropertiesOf(details),
});

export type LocationRow = RowOf<typeof locationColumns>;

const channelLocation = object({
  locationId: text,
  methods: listOf(oneOf(...METHODS)),
  safetyStock: described(integer, 'Units at this location that the channel does not sell'),
});

export const channelColumns = {
  channelId: primary(column.text('Id of the channel')),
  name: column.text('Name of the channel, for people'),
  kind: column.oneOf(CHANNEL_KINDS, 'What the channel is, for example web, till or marketplace'),
  currency: column.text('ISO 4217'),
  locale: column.text('BCP 47'),
  locations: column.json(listOf(channelLocation), 'Locations that it sells from, in order of preference'),
  reservationTtlSeconds: column.integer('Lifetime of a soft reservation and of an unfinished checkout'),
  promisesIncoming: column.flag('Announced incoming stock counts as available'),
  version: column.integer('Counts the configurations; decisions record the version that they used'),
};

/** The configuration of a channel. */
type ChannelRow = RowOf<typeof channelColumns>;

export const locations: FoldedProjection<LocationRow, 'locationId', LocationEvent> = {
  name: 'location',
  version: 1,
  categories: ['location'],
  table: readTable('location', locationColumns),
  keysOf: ({ stream }) => [{ locationId: idOf(stream) }],
  project: (row, { event: { type, data } }, { locationId }) => {
    switch (type) {
      case 'LocationRegistered':
      case 'LocationDetailsChanged':
        return {
          country: null,
          gln: null,
          timeZone: null,
          latitude: null,
          longitude: null,
          ...data,
          locationId,
          paused: row?.paused ?? false,
        };
      case 'LocationPaused':
      case 'LocationResumed':
        return row && { ...row, paused: type === 'LocationPaused' };
    }
  },
};

export const channels: FoldedProjection<ChannelRow, 'channelId', ChannelEvent> = {
  name: 'channel',
  version: 2,
  categories: ['channel'],
  table: readTable('channel', channelColumns),
  channelColumn: 'channelId',
  keysOf: ({ stream }) => [{ channelId: idOf(stream) }],
  project: (_, { event: { data } }, { channelId }) => ({ ...data, channelId }),
};
