import { readFileSync } from 'node:fs';
import { type ChannelConfig } from './adapter.js';

type Environment = Readonly<Record<string, string | undefined>>;

const NAME = /^[a-z0-9][a-z0-9-]{0,40}$/;
/** The host itself has a path and a consumer of these names. */
const RESERVED_NAMES = ['channels', 'channel-promises'];
const ENVIRONMENT_PREFIX = 'env:';

/** Replaces every text `env:NAME` by the value of that environment variable, so that the file need not hold secrets. */
const substituteEnvironment = (env: Environment) => (_key: string, value: unknown) => {
  if (typeof value !== 'string' || !value.startsWith(ENVIRONMENT_PREFIX)) return value;
  const name = value.slice(ENVIRONMENT_PREFIX.length);
  const found = env[name];
  if (found === undefined || found === '') throw new Error(`The environment variable ${name} is missing`);
  return found;
};

/**
 * Reads a channels file: `{"channels": [{"name": "shop", "kind": "webshop", "channel": "web", …}]}`.
 * @throws Error that says what is wrong in the file
 */
export const readChannelsFile = (file: string, env: Environment): readonly ChannelConfig[] => {
  const { channels } = JSON.parse(readFileSync(file, 'utf8'), substituteEnvironment(env)) as { channels?: unknown };
  if (!Array.isArray(channels)) throw new Error(`${file}: "channels" must be a list`);
  const names = new Set<string>();
  return channels.map((entry: Partial<ChannelConfig>, index) => {
    const { name, kind, channel } = entry;
    if (name === undefined || !NAME.test(name)) throw new Error(`${file}: channels[${index}].name must match ${NAME}`);
    if (RESERVED_NAMES.includes(name)) throw new Error(`${file}: the name ${name} is reserved`);
    if (names.has(name)) throw new Error(`${file}: there are two channels named ${name}`);
    names.add(name);
    for (const [field, value] of Object.entries({ kind, channel }))
      if (typeof value !== 'string' || value === '') throw new Error(`${file}: ${name} has no "${field}"`);
    return entry as ChannelConfig;
  });
};
