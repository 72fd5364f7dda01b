import { type ApiScope, SCOPES, STAFF_SCOPES } from '#access';
import { freeTextsOf, type StoredText } from '#fields';
import { feedKinds, commands, eventDefinitions } from '#registry';
import { capabilities } from '../../libs/registry/src/capabilities.ts';
import { controllers } from '../../apps/api/src/api.module.ts';
import { routeRights } from '../../apps/api/src/http/rights.ts';
import { code, page, table } from './markdown.ts';

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

const STORED: Readonly<Record<StoredText['as'], string>> = {
  sealed: 'encrypted under the key of its subject',
  note: 'a code such as `fraud-check` in clear; words encrypted, as the `note` of the event',
  digest: 'only a keyed digest',
  clear: 'in clear',
};

/** Each free text of a command, those that are stored alike for the same reason in one row. */
const freeTextRows = () => {
  const fields = commands.flatMap(({ name, dto }) =>
    [...freeTextsOf(dto).declared].map(([path, text]) => ({ command: name, path, ...text })),
  );
  const alike = Map.groupBy(fields, ({ path, as, because }) => [as, because, path].join('|'));
  return [...alike.values()]
    .flatMap(([first, ...others]) =>
      first ? [{ ...first, commands: [first, ...others].map(({ command }) => command) }] : [],
    )
    .toSorted((a, b) => FORMS.indexOf(a.as) - FORMS.indexOf(b.as) || (a.path < b.path ? -1 : 1))
    .map(({ path, as, because, commands }) => [code(path), list(commands), STORED[as], because]);
};

const FORMS = Object.keys(STORED);

const sealedFields = () =>
  Object.entries(eventDefinitions).flatMap(([type, { personal = [], sealedSince = {} }]) =>
    personal.length === 0
      ? []
      : [
          `- ${code(type)}: ${personal
            .map(
              (path) => code(path) + (sealedSince[path] === undefined ? '' : ` (since version ${sealedSince[path]})`),
            )
            .join(', ')}`,
        ],
  );

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
    [
      'Free text',
      [
        'For each field of a command that accepts free text: what is stored, as declared beside the field.',
        '[free-text.spec.ts](../libs/registry/src/free-text.spec.ts) fails if a field is not declared. A field stored in clear is',
        'refused if it contains an e-mail address. Numbers of payment cards are refused in every free text except issued codes, such',
        'as tracking numbers, and the attribute `serialNumber`. Ids, those of locations too, accept neither spaces nor `@`.',
        '',
        ...table(['field', 'commands', 'stored', 'why'], freeTextRows()),
      ],
    ],
    ['Encrypted fields of events', sealedFields()],
    ['Other principals', OTHERS.map(([principal, of, may]) => `- ${principal} (${of}) ${may}`)],
  ]);
