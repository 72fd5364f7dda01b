import { capability, missing } from '#capability';
import { propertiesOf } from '#projections';
import { object } from '#schema';
import { commandNotes } from './command-notes.js';
import { channel } from './domain/channel.js';
import { location } from './domain/location.js';
import { NetworkModule } from './network.module.js';
import { networkBiViews } from './read/bi-views.js';
import { NetworkDirectory } from './read/network-directory.js';
import { channelColumns, channels, knownLocationSchema, locations } from './read/network.projection.js';
import { networkCommands } from './write/network-commands.js';

export const networkCapability = capability('network', {
  streams: [location, channel],
  commands: networkCommands,
  commandNotes,
  processCommands: {},
  readModels: [locations, channels],
  views: networkBiViews,
  feed: {
    location: { scope: 'network:read', audience: 'every-channel' },
    channel: { scope: 'network:read', audience: 'channel-of-id' },
  },
  answers: { Location: knownLocationSchema, Channel: object(propertiesOf(channelColumns)) },
  modules: { api: NetworkModule, worker: NetworkModule },
  inMemoryViews: [NetworkDirectory],
  published: {
    topic: 'kontor.network.v1',
    events: {
      LocationRegistered: 1,
      LocationDetailsChanged: 1,
      LocationPaused: 1,
      LocationResumed: 1,
      ChannelConfigured: 1,
    },
  },
  problems: {
    'channel-not-found': missing('The channel is not configured: send ConfigureChannel first.'),
    'location-not-found': missing('The location is not registered: send RegisterLocation first.'),
  },
});
