import { type Command } from 'commander';
import { type GlobalOptions, withKontor } from '../connection.js';
import { print, table } from '../terminal.js';

interface Key {
  readonly keyId: string;
  readonly channel: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt?: string | null;
  readonly revokedAt?: string | null;
  readonly secret?: string;
}

const created = ({ secret = '', channel, keyId }: Key) => [
  `Key ${keyId} of channel ${channel}. It is shown this once:`,
  secret,
];

export const keysCommand = (program: Command): void => {
  const keys = program.command('keys').description('API keys of channels and staff');
  const json = () => program.opts<GlobalOptions>().json ?? false;

  keys
    .command('list')
    .description('all keys, without their secrets')
    .action(() =>
      withKontor(program.opts<GlobalOptions>(), async ({ client }) => {
        const { items } = await client.get<{ items: Key[] }>('/v1/keys');
        print(json(), items, () =>
          table(
            ['key', 'channel', 'name', 'scopes', 'state'],
            items.map(({ keyId, channel, name, scopes, revokedAt, expiresAt }) => [
              keyId,
              channel,
              name,
              scopes.join(' '),
              revokedAt ? 'revoked' : expiresAt ? `until ${expiresAt}` : 'live',
            ]),
          ),
        );
      }),
    );

  keys
    .command('create')
    .description('a new key; its secret is shown once')
    .requiredOption('--channel <id>', 'channel that it acts for; * for staff')
    .requiredOption('--name <text>', 'who or what uses it')
    .requiredOption('--scopes <list>', 'comma-separated, for example stock:read,orders:place,orders:read')
    .action((given: { channel: string; name: string; scopes: string }) =>
      withKontor(program.opts<GlobalOptions>(), async ({ client }) => {
        const key = await client.post<Key>('/v1/keys', { ...given, scopes: given.scopes.split(',') });
        print(json(), key, () => created(key));
      }),
    );

  keys
    .command('rotate')
    .description('a second key like the first, which goes on working for a while')
    .argument('<keyId>')
    .option('--overlap <seconds>', 'how long the old one works', '3600')
    .action((keyId: string, { overlap }: { overlap: string }) =>
      withKontor(program.opts<GlobalOptions>(), async ({ client }) => {
        const path = `/v1/keys/${encodeURIComponent(keyId)}/rotate`;
        const key = await client.post<Key>(path, { overlapSeconds: Number(overlap) });
        print(json(), key, () => created(key));
      }),
    );

  keys
    .command('revoke')
    .description('ends a key at once')
    .argument('<keyId>')
    .action((keyId: string) =>
      withKontor(program.opts<GlobalOptions>(), async ({ client }) => {
        await client.delete(`/v1/keys/${encodeURIComponent(keyId)}`);
        print(json(), { keyId, revoked: true }, () => [`Key ${keyId} no longer works`]);
      }),
    );
};
