import { type Command } from 'commander';

/** Adds arguments, options, help and action to a command of the program. */
export type Configure = (command: Command, program: Command) => void;

interface CommandEntry {
  readonly name: string;
  /** One line in the list of commands. */
  readonly summary: string;
  /** Loads what the command needs: most of Kontor, for some. */
  readonly load: () => Promise<Configure>;
}

/** Every command of `kontor`, in the order of its help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'up',
    summary: 'start everything and stay up; on an empty store, load a sample of trade first',
    load: async () => (await import('./commands/up.js')).up,
  },
  {
    name: 'import',
    summary: 'load real trade from a file; repeating it changes nothing',
    load: async () => (await import('./commands/import.js')).importTrade,
  },
  {
    name: 'timeline',
    summary: 'everything that happened to an order',
    load: async () => (await import('./commands/timeline.js')).timeline,
  },
  {
    name: 'explain',
    summary: 'why a stock figure is what it is',
    load: async () => (await import('./commands/explain.js')).explain,
  },
  {
    name: 'rebuild',
    summary:
      'compute read models, or the states of processes, again from the log while the live ones stay in use, and swap them',
    load: async () => (await import('./commands/rebuild.js')).rebuildReadModels,
  },
  {
    name: 'verify',
    summary: 'check every invariant, and every read model against a fresh fold of the log',
    load: async () => (await import('./commands/verify.js')).verifyLog,
  },
  {
    name: 'source',
    summary: 'plan past orders again under another sourcing policy; changes nothing',
    load: async () => (await import('./commands/source.js')).source,
  },
  {
    name: 'status',
    summary: 'how far each consumer of the log is',
    load: async () => (await import('./commands/status.js')).status,
  },
  {
    name: 'consumers',
    summary: 'let all consumers read the log from its start',
    load: async () => (await import('./commands/consumers.js')).consumers,
  },
  {
    name: 'parked',
    summary: 'streams that cannot be read, and why',
    load: async () => (await import('./commands/parked.js')).parked,
  },
  {
    name: 'relay',
    summary: 'what is published in Kafka',
    load: async () => (await import('./commands/relay.js')).relay,
  },
  {
    name: 'channels',
    summary: 'channel adapters and their messages',
    load: async () => (await import('./commands/channels.js')).channels,
  },
  {
    name: 'commands',
    summary: 'commands that came by Kafka',
    load: async () => (await import('./commands/kafka-commands.js')).kafkaCommands,
  },
  {
    name: 'keys',
    summary: 'API keys of channels and staff',
    load: async () => (await import('./commands/keys.js')).keys,
  },
  {
    name: 'subject-keys',
    summary: 'keys of personal data that are lost',
    load: async () => (await import('./commands/subject-keys.js')).subjectKeys,
  },
  {
    name: 'event-store',
    summary: 'run the local event store alone; see event-store --help',
    load: async () => (await import('./commands/event-store.js')).eventStore,
  },
];
