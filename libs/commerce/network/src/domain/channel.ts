/** A way to sell, with the places it sells from: stream `channel-<id>`. Each configuration replaces the one before. */
import { type Decider, type EventDefinitions } from '#kernel';
import { type ChannelCommand, type ChannelConfiguration, type ChannelEvent } from './network.js';

interface Channel {
  /** 0 until it is configured. */
  readonly version: number;
  readonly configuration: ChannelConfiguration | undefined;
}

const decide = ({ data }: ChannelCommand, { version, configuration }: Channel): ChannelEvent[] => {
  const wanted = configurationOf(data);
  const same = configuration && JSON.stringify(wanted) === JSON.stringify(configurationOf(configuration));
  return same ? [] : [{ type: 'ChannelConfigured', data: { ...wanted, version: version + 1 } }];
};

const evolve = (_: Channel, { data: { version, ...configuration } }: ChannelEvent): Channel => ({
  version,
  configuration,
});

/** The configuration alone, always in the same order. */
const configurationOf = (data: ChannelConfiguration): ChannelConfiguration => ({
  name: data.name,
  kind: data.kind,
  currency: data.currency,
  locale: data.locale,
  locations: data.locations.map(({ locationId, methods, safetyStock }) => ({ locationId, methods, safetyStock })),
  reservationTtlSeconds: data.reservationTtlSeconds,
  promisesIncoming: data.promisesIncoming,
});

const decider: Decider<Channel, ChannelCommand, ChannelEvent> = {
  initialState: () => ({ version: 0, configuration: undefined }),
  decide,
  evolve,
};

const events: EventDefinitions<ChannelEvent> = { ChannelConfigured: { version: 1 } };

export const channel = { category: 'channel', decider, events };
