import { type Command } from 'commander';
import { ApiProblem, type KontorClient } from '../client.js';
import { type Configure } from '../commands.js';
import { type GlobalOptions, withKontor } from '../connection.js';
import { addExamples } from '../examples.js';
import { print, say, table } from '../terminal.js';

interface Key {
  readonly keyId: string;
  readonly channel: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt?: string | null;
  readonly revokedAt?: string | null;
  readonly secret?: string;
}

const createdKeyLines = ({ secret = '', channel, keyId }: Key) => [
  `Key ${keyId} of channel ${channel}. Its secret is shown only now:`,
  secret,
];

/** Sets KEY for the examples that need the id of a key. */
const SET_KEY =
  "KEY=$(kontor keys create --channel web --name Test --scopes stock:read --json | node -p 'JSON.parse(fs.readFileSync(0)).keyId')";

export const keys: Configure = (command, program) => {
  const options = () => program.opts<GlobalOptions>();
  addList(command, options);
  addCreate(command, options);
  addRotate(command, options);
  addRevoke(command, options);
};

type Options = () => GlobalOptions;

const stateOf = ({ revokedAt, expiresAt }: Key) => {
  if (revokedAt) return 'revoked';
  return expiresAt ? `until ${expiresAt}` : 'in use';
};

const addList = (command: Command, options: Options) => {
  const list = command
    .command('list')
    .description('all keys, without their secrets')
    .action(() =>
      withKontor(options(), async ({ client }) => {
        const { items } = await client.get<{ items: Key[] }>('/v1/keys');
        print(options().json ?? false, items, () =>
          table(
            ['key', 'channel', 'name', 'scopes', 'state'],
            items.map((key) => [key.keyId, key.channel, key.name, key.scopes.join(' '), stateOf(key)]),
          ),
        );
      }),
    );
  addExamples(list, 'kontor keys list');
};

/** @returns true also where the caller may not see the channels */
const isConfigured = async (client: KontorClient, channel: string): Promise<boolean> => {
  const { items } = await client
    .get<{ items: readonly { readonly channelId: string }[] }>('/v1/channels')
    .catch((error: unknown) => {
      if (error instanceof ApiProblem && error.status === 403) return { items: [{ channelId: channel }] };
      throw error;
    });
  return items.some(({ channelId }) => channelId === channel);
};

const addCreate = (command: Command, options: Options) => {
  const create = command
    .command('create')
    .description('create a key; its secret is shown once')
    .requiredOption('--channel <id>', 'the channel that it acts for; * for staff')
    .requiredOption('--name <text>', 'who uses it')
    .requiredOption('--scopes <list>', 'its rights, for example stock:read,orders:place,orders:read')
    .option('--locations <list>', 'binds the key to these locations')
    .action((given: { channel: string; name: string; scopes: string; locations?: string }) =>
      withKontor(options(), async ({ client }) => {
        const key = await client.post<Key>('/v1/keys', {
          ...given,
          scopes: given.scopes.split(','),
          ...(given.locations !== undefined && { locations: given.locations.split(',') }),
        });
        print(options().json ?? false, key, () => createdKeyLines(key));
        if (given.channel !== '*' && !(await isConfigured(client, given.channel)))
          say(
            `There is no channel ${given.channel} yet. The key is valid, but no order can be placed there: see ConfigureChannel.`,
          );
      }),
    );
  addExamples(
    create,
    "kontor keys create --channel web --name 'Web shop' --scopes stock:read,orders:place,orders:read",
  );
};

const addRotate = (command: Command, options: Options) => {
  const rotate = command
    .command('rotate')
    .description('create a second key like a given one, which still works for a while')
    .argument('<keyId>')
    .option('--overlap <seconds>', 'how long the old key still works', '3600')
    .action((keyId: string, { overlap }: { overlap: string }) =>
      withKontor(options(), async ({ client }) => {
        const path = `/v1/keys/${encodeURIComponent(keyId)}/rotate`;
        const key = await client.post<Key>(path, { overlapSeconds: Number(overlap) });
        print(options().json ?? false, key, () => createdKeyLines(key));
      }),
    );
  addExamples(rotate, SET_KEY, 'kontor keys rotate $KEY --overlap 60');
};

const addRevoke = (command: Command, options: Options) => {
  const revoke = command
    .command('revoke')
    .description('end a key at once')
    .argument('<keyId>')
    .action((keyId: string) =>
      withKontor(options(), async ({ client }) => {
        await client.delete(`/v1/keys/${encodeURIComponent(keyId)}`);
        print(options().json ?? false, { keyId, revoked: true }, () => [`Key ${keyId} no longer works`]);
      }),
    );
  addExamples(revoke, SET_KEY, 'kontor keys revoke $KEY');
};
