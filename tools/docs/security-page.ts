import { type ApiScope, SCOPES, STAFF_SCOPES } from '#access';
import { freeTextsOf, type StoredText } from '#fields';
import { EVENT_TOPICS, KAFKA_TOPICS, type KafkaPrincipal, kafkaAcls } from '#kafka-publisher';
import { feedKinds, commands, eventDefinitions, sqlPrivileges } from '#registry';
import { capabilities } from '../../libs/registry/src/capabilities.ts';
import { controllers } from '../../apps/api/src/api.module.ts';
import { routeRights } from '../../apps/api/src/http/rights.ts';
import { code, page, table } from './markdown.ts';

const INTRO =
  'Who may do what in the API, the database and Kafka, from the declarations of routes, commands, read models and topics. Tests walk these tables: ' +
  '[rights.spec.ts](../apps/api/src/rights.spec.ts) every route and command (a caller without the right is answered with 401 or 403, and changes nothing), ' +
  '[sql-privileges.int-spec.ts](../libs/registry/src/sql-privileges.int-spec.ts) every object of the database, [kafka-acls.spec.ts](../test/journeys/kafka-acls.spec.ts) every topic. ' +
  'How a deployment is protected: [SECURITY.md](../SECURITY.md).';

const list = (items: readonly string[]) => items.map(code).join(', ');

const rights = routeRights(controllers);
const routesThatNeed = (need: string) =>
  rights.filter((right) => right.need === need).map(({ method, path }) => `${method} ${path}`);

const ownScopes = new Set(capabilities.flatMap(({ ownScopes }) => ownScopes));

const owners = (scope: ApiScope) =>
  STAFF_SCOPES.has(scope) ? 'staff' : ownScopes.has(scope) ? 'channels, for what is theirs' : 'channels';

/** What scopes allow although no declaration of a route or command says so. */
const OTHER_RIGHTS: Partial<Readonly<Record<ApiScope, string>>> = {
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
    const other = OTHER_RIGHTS[scope];
    return `- **${code(scope)}** (${owners(scope)}) ${[...rights, ...(other === undefined ? [] : [other])].join('; ')}`;
  });

const dash = (items: readonly string[]) => items.join(', ') || '-';

/** Objects with the same privileges in one row. */
const sqlRows = () => {
  const alike = Map.groupBy(sqlPrivileges, ({ name, app, bi, rows }) => [name.split('.')[0], app, bi, rows].join('|'));
  return [...alike.values()].flatMap((group) =>
    group
      .slice(0, 1)
      .map(({ app, bi, rows }) => [list(group.map(({ name }) => name)), dash(app), rows || '-', dash(bi)]),
  );
};

const PRINCIPALS: Readonly<Record<KafkaPrincipal, string>> = {
  kontor: '"$KONTOR"',
  sender: '"$SENDER"',
  reader: '"$READER"',
};

const topicRows = () =>
  Map.groupBy(Object.entries(KAFKA_TOPICS), ([, ofPrincipals]) => JSON.stringify(ofPrincipals))
    .values()
    .flatMap((group) =>
      group
        .slice(0, 1)
        .map(([, { kontor, sender, reader }]) => [
          list(group.map(([topic]) => topic)),
          dash(kontor),
          dash(sender),
          dash(reader),
        ]),
    )
    .toArray();

/** One command for each principal, resource and list of operations. */
const aclCommands = () => {
  const alike = Map.groupBy(kafkaAcls, ({ principal, resource, prefixed, operations }) =>
    [principal, resource, prefixed, operations].join('|'),
  );
  return [...alike.values()].flatMap((group) =>
    group.slice(0, 1).map(({ principal, resource, prefixed, operations }) => {
      const names = group.map(({ name }) => `--${resource} ${name}`).join(' ');
      const verbs = operations.map((operation) => `--operation ${operation}`).join(' ');
      return `$ACLS --allow-principal ${PRINCIPALS[principal]} ${verbs}${prefixed ? ' --resource-pattern-type prefixed' : ''} ${names}`;
    }),
  );
};

const KAFKA = [
  'Kafka itself knows three kinds of clients: Kontor (worker, API, channel adapters and CLI), senders of commands, and readers of events.',
  '',
  ...table(['topic', 'Kontor', 'sender', 'reader'], topicRows()),
  '',
  'Which commands a sender may send, and for which channel, is decided by the API key that signs each record, as over HTTP: its scopes,',
  'its channel (only a staff key may name another one in `ce_source`) and its locations. A record without a valid signature is parked.',
  `A sender that may read answers sees those to all senders, and a reader the events of all channels (${EVENT_TOPICS.length} topics, without personal data).`,
  '',
  'ACLs are the work of the operator. Kontor connects without TLS and password: give it a listener that nobody else reaches, where it is',
  '`User:ANONYMOUS`, and all others a listener with authentication. Then, once, and again for each sender and reader:',
  '',
  '```sh',
  'ACLS="kafka-acls.sh --bootstrap-server $BROKER --command-config admin.properties --add"',
  "KONTOR=User:ANONYMOUS SENDER=User:web-shop READER=User:data-lake # a consumer's groups begin with its name",
  ...aclCommands(),
  '$ACLS --allow-principal "$SENDER" --operation Read --resource-pattern-type prefixed --group "${SENDER#User:}-"',
  '$ACLS --allow-principal "$READER" --operation Read --resource-pattern-type prefixed --group "${READER#User:}-"',
  '```',
];

const DATABASE = [
  '`kontor_owner` owns everything: the worker, the channel adapters and those commands of the CLI that rebuild, verify or repair connect as this role.',
  '`kontor_app` (the API, and `kontor up` when it creates the admin key) and `kontor_bi` (analysts, and `kontor import` when it compares figures) have',
  'the privileges in the table and no others. No other role has any. Rows: which of them the API sees in a transaction for a channel and a customer;',
  'staff see all. The test fails if an object is missing from the table.',
  '',
  ...table(['object', '`kontor_app`', 'rows', '`kontor_bi`'], sqlRows()),
];

const STORED: Readonly<Record<StoredText['as'], string>> = {
  sealed: 'encrypted under a key of its subject',
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
  Object.entries(eventDefinitions).flatMap(([type, { personal = {}, sealedSince = {} }]) => {
    const nameOf = (path: string) =>
      code(path) + (sealedSince[path] === undefined ? '' : ` (since version ${sealedSince[path]})`);
    const classes = Object.entries(personal).map(([name, paths]) => `${name}: ${paths.map(nameOf).join(', ')}`);
    return classes.length === 0 ? [] : [`- ${code(type)} – ${classes.join('; ')}`];
  });

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
        'For each field of a command that accepts free text: what is stored, as declared at the field.',
        '[free-text.spec.ts](../libs/registry/src/free-text.spec.ts) fails if a field is not declared. A field stored in clear is',
        'refused if it contains an e-mail address. Numbers of payment cards are refused in every free text except issued codes, such',
        'as tracking numbers, and the attribute `serialNumber`. Ids, those of locations too, accept neither spaces nor `@`.',
        '',
        ...table(['field', 'commands', 'stored', 'why'], freeTextRows()),
      ],
    ],
    [
      'Encrypted fields of events',
      [
        'Each retention class has keys of its own ([adr/0017](adr/0017-keys-by-class-and-year.md)).',
        '',
        ...sealedFields(),
      ],
    ],
    ['Roles of the database', DATABASE],
    ['Kafka', KAFKA],
    ['The event store', ['`kontor` may do everything; nobody else is let in: [event-store.md](event-store.md).']],
  ]);
