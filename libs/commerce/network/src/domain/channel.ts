/** A channel and the locations that it sells from: stream `channel-<id>`. Each configuration replaces the one before. */
import { type Decider, type EventDefinitions, type Named } from '#kernel';
import { type ChannelCommand, type ChannelConfiguration, type ChannelEvent } from './network.js';

interface Channel {
  /** 0 until it is configured. */
  readonly version: number;
  readonly configuration: ChannelConfiguration | undefined;
}

type Configure = Named<ChannelCommand, 'ConfigureChannel'>; // another command does not compile before it is decided here

const decide = ({ data }: Configure, { version, configuration }: Channel): ChannelEvent[] => {
  const requested = configurationOf(data);
  const isSame = configuration && JSON.stringify(requested) === JSON.stringify(configurationOf(configuration));
  return isSame ? [] : [{ type: 'ChannelConfigured', data: { ...requested, version: version + 1 } }];
};

const evolve = (_: Channel, { data: { version, ...configuration } }: ChannelEvent): Channel => ({
  version,
  configuration,
});

/** Only the fields of a configuration, in a fixed order, so that configurations can be compared as JSON. */
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
