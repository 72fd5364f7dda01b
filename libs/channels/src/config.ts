import { readFileSync } from 'node:fs';
import { type ChannelConfig } from './adapter.js';

type Environment = Readonly<Record<string, string | undefined>>;

const NAME = /^[a-z0-9][a-z0-9-]{0,40}$/;

/** Text `env:NAME` anywhere in the file is what the environment variable says: secrets need not be in it. */
const filled = (env: Environment) => (_: string, value: unknown) => {
  if (typeof value !== 'string' || !value.startsWith('env:')) return value;
  const found = env[value.slice('env:'.length)];
  if (found === undefined || found === '') throw new Error(`The environment variable ${value.slice(4)} is missing`);
  return found;
};

/** `{"channels": [{"name": "shop", "kind": "webshop", "channel": "web", …}]}`. @throws Error that says what is wrong */
export const channelsFrom = (file: string, env: Environment): readonly ChannelConfig[] => {
  const { channels } = JSON.parse(readFileSync(file, 'utf8'), filled(env)) as { channels?: unknown };
  if (!Array.isArray(channels)) throw new Error(`${file}: "channels" must be a list`);
  const names = new Set<string>();
  return channels.map((one: Partial<ChannelConfig>, index) => {
    const { name, kind, channel } = one;
    if (name === undefined || !NAME.test(name)) throw new Error(`${file}: channels[${index}].name must be ${NAME}`);
    if (names.has(name)) throw new Error(`${file}: there are two channels named ${name}`);
    names.add(name);
    for (const [field, value] of Object.entries({ kind, channel }))
      if (typeof value !== 'string' || value === '') throw new Error(`${file}: ${name} has no "${field}"`);
    return one as ChannelConfig;
  });
};
