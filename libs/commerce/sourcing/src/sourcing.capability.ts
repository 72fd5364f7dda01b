import { capability, contradiction, missing } from '#capability';
import { commandNotes } from './command-notes.js';
import { sourcingPolicy } from './domain/sourcing-policy.js';
import { sourcingBiViews } from './read/bi-views.js';
import { locationLoad } from './read/location-load.projection.js';
import { SourcingPolicies } from './read/sourcing-policies.js';
import { publishedPolicies } from './read/sourcing-policy.projection.js';
import { SourcingModule } from './sourcing.module.js';
import { sourcingCommands } from './write/sourcing-commands.js';

export const sourcingCapability = capability('sourcing', {
  streams: [sourcingPolicy],
  commands: sourcingCommands,
  commandNotes,
  processCommands: {},
  readModels: [locationLoad, publishedPolicies],
  views: sourcingBiViews,
  feed: {
    sourcingpolicy: { scope: 'sourcing:write', audience: 'every-channel' },
  },
  modules: { api: SourcingModule, worker: SourcingModule },
  inMemoryViews: [SourcingPolicies],
  published: {
    topic: 'kontor.network.v1',
    events: {
      SourcingPolicyPublished: 1,
      SourcingPolicyActivated: 1,
      SourcingPolicyDeactivated: 1,
    },
  },
  problems: {
    'policy-not-found': missing(
      'The sourcing policy or this version of it does not exist: send PublishSourcingPolicy first.',
    ),
    'invalid-policy': contradiction('Two strategies of the sourcing policy have the same name.'),
  },
});
