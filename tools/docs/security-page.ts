import { type ApiScope, SCOPES, STAFF_SCOPES } from '#access';
import { feedKinds, commands } from '#registry';
import { capabilities } from '../../libs/registry/src/capabilities.ts';
import { controllers } from '../../apps/api/src/api.module.ts';
import { routeRights } from '../../apps/api/src/http/rights.ts';
import { code, page } from './markdown.ts';

const INTRO =
  'Who may do what in the API, from the declarations of its routes and commands. ' +
  '[rights.spec.ts](../apps/api/src/rights.spec.ts) walks these tables: a caller without the right is answered with 401 or 403 and changes nothing. ' +
  'How a deployment is protected: [SECURITY.md](../SECURITY.md).';

const list = (items: readonly string[]) => items.map(code).join(', ');

const rights = routeRights(controllers);
const routesThatNeed = (need: string) =>
  rights.filter((right) => right.need === need).map(({ method, path }) => `${method} ${path}`);

const ownScopes = new Set(capabilities.flatMap(({ ownScopes }) => ownScopes));

const owners = (scope: ApiScope) =>
  STAFF_SCOPES.has(scope) ? 'staff' : ownScopes.has(scope) ? 'channels, for what is theirs' : 'channels';

/** What scopes allow that no declaration of the API says. */
const BESIDES: Partial<Readonly<Record<ApiScope, string>>> = {
  'returns:in-store': 'with `returns:manage`, returns of orders of other channels too',
  'carts:any-channel': 'with `carts:write`, carts of other channels too',
  'ops:read': 'the host of channel adapters: its routes that read',
  'ops:write': 'the host of channel adapters: its routes that change something',
};

const scopeLines = () =>
  SCOPES.map((scope) => {
    const parts = [
      ['routes', routesThatNeed(scope)],
      ['commands', commands.filter((command) => command.scope === scope).map(({ name }) => name)],
      ['feed of', Object.keys(feedKinds).filter((category) => feedKinds[category]?.scope === scope)],
    ] as const;
    const rights = parts.filter(([, items]) => items.length > 0).map(([name, items]) => `${name} ${list(items)}`);
    const besides = BESIDES[scope];
    return `- **${code(scope)}** (${owners(scope)}) ${[...rights, ...(besides === undefined ? [] : [besides])].join('; ')}`;
  });

const OTHERS = [
  ['`kontor_owner`', 'SQL', 'owns the schema; the worker uses it'],
  ['`kontor_app`', 'SQL', 'reads under row-level security, writes keys and snapshots; the API uses it'],
  ['`kontor_bi`', 'SQL', 'reads the views of the schema `bi`, in read-only transactions'],
  [
    'the principal of a channel',
    'Kafka',
    'writes its commands topic, reads its answers topic and the topics of events: [kafka.md](kafka.md)',
  ],
  ['`kontor`', 'event store', 'everything; nobody else is let in: [event-store.md](event-store.md)'],
];

/** Resources, principals and verbs. */
export const securityPage = (): string =>
  page('Security', INTRO, [
    [
      'Scopes of API keys',
      [
        'A command is sent alone, in a batch or by Kafka with the same right. Staff may have every scope.',
        '',
        ...scopeLines(),
      ],
    ],
    ['With any valid key', [list(routesThatNeed('any key')) + '. A command then needs its own scope.']],
    [
      'Without a key',
      [list(routesThatNeed('nothing')) + '. Webhooks are signed, and `/metrics` is open to the same machine only.'],
    ],
    ['Other principals', OTHERS.map(([principal, of, may]) => `- ${principal} (${of}) ${may}`)],
  ]);
