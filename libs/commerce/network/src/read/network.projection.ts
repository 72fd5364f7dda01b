import { idOf } from '#event-store';
import { type FoldedProjection, readTable } from '#projections';
import { type ChannelEvent, type ChannelLocation, type LocationEvent } from '../domain/network.js';

export interface LocationRow {
  readonly locationId: string;
  readonly name: string;
  readonly type: string;
  readonly country: string | null;
  readonly gln: string | null;
  readonly timeZone: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly paused: boolean;
}

/** A channel's configuration; `locations` in order of preference. */
export interface ChannelRow {
  readonly channelId: string;
  readonly name: string;
  readonly kind: string;
  readonly currency: string;
  readonly locale: string;
  readonly locations: readonly ChannelLocation[];
  readonly reservationTtlSeconds: number;
  readonly promisesIncoming: boolean;
  readonly version: number;
}

const text = { type: 'text' } as const;
const maybe = { type: 'text', nullable: true } as const;
const degrees = { type: 'double precision', nullable: true } as const;

export const locations: FoldedProjection<LocationRow, 'locationId', LocationEvent> = {
  name: 'location',
  version: 1,
  categories: ['location'],
  table: readTable<LocationRow>('location', {
    locationId: { type: 'text', primary: true },
    name: text,
    type: text,
    country: maybe,
    gln: maybe,
    timeZone: maybe,
    latitude: degrees,
    longitude: degrees,
    paused: { type: 'boolean' },
  }),
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
  version: 1,
  categories: ['channel'],
  table: readTable<ChannelRow>('channel', {
    channelId: { type: 'text', primary: true },
    name: text,
    kind: text,
    currency: text,
    locale: text,
    locations: { type: 'jsonb' },
    reservationTtlSeconds: { type: 'integer' },
    promisesIncoming: { type: 'boolean' },
    version: { type: 'integer' },
  }),
  keysOf: ({ stream }) => [{ channelId: idOf(stream) }],
  project: (_, { event: { data } }, { channelId }) => ({ ...data, channelId }),
};
