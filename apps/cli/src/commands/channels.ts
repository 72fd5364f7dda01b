import { type Position } from '#event-store';
import { type Command } from 'commander';
import { KontorClient } from '../client.js';
import { type GlobalOptions, needsRun, readAdminKey, withKontor } from '../connection.js';
import { print, table } from '../terminal.js';

interface Status {
  readonly adapters: readonly { name: string; kind: string; channel: string; troubles: readonly string[] }[];
  readonly consumers: readonly { name: string; state: string; lag: number }[];
  readonly endpoints: readonly {
    adapter: string;
    endpoint: string;
    pending: number;
    dead: number;
    oldestPending: string | null;
    failingSince: string | null;
    disabledAt: string | null;
    lastError: string | null;
  }[];
  readonly parked: readonly { consumer: string; stream: string; reason: string; held: number }[];
}

interface Delivery {
  readonly messageId: string;
  readonly key: string;
  readonly type: string;
  readonly position: Position;
  readonly attempts: number;
  readonly nextAt: string;
  readonly lastError: string | null;
}

/** @throws Error where no channels are hosted */
const withChannels = <Result>(options: GlobalOptions, work: (host: KontorClient) => Promise<Result>): Promise<Result> =>
  withKontor(options, (connection) => {
    const { channelsUrl } = needsRun(connection);
    if (channelsUrl === undefined)
      throw new Error(`No channels are hosted: they are named in ${options.data}/channels.json (KONTOR_CHANNELS)`);
    return work(new KontorClient(channelsUrl, readAdminKey(options.data, options)));
  });

const positionOf = (name: string, text: string) => {
  if (!/^\d{1,15}$/.test(text)) throw new Error(`${name} ${text} is not a position`);
  return Number(text);
};

const pathOf = (adapter: string, endpoint: string) =>
  `/v1/channels/${encodeURIComponent(adapter)}/${encodeURIComponent(endpoint)}`;

export const channelsCommand = (program: Command): void => {
  const channels = program.command('channels').description('channel adapters: what they have read, what they owe');
  const options = () => program.opts<GlobalOptions>();
  const show = (value: object, lines: () => readonly string[]) => print(options().json ?? false, value, lines);

  channels
    .command('status')
    .description('adapters, consumers, endpoints, and streams that wait for a repair')
    .action(() =>
      withChannels(options(), async (host) => {
        const status = await host.get<Status>('/v1/channels');
        show(status, () => linesOf(status));
      }),
    );

  channels
    .command('deliveries')
    .description('messages to an endpoint, the newest first')
    .argument('<adapter>')
    .argument('<endpoint>')
    .option('--state <state>', 'pending, delivered or dead', 'dead')
    .action((adapter: string, endpoint: string, { state }: { state: string }) =>
      withChannels(options(), async (host) => {
        const query = `deliveries?state=${encodeURIComponent(state)}`;
        const { items } = await host.get<{ items: Delivery[] }>(`${pathOf(adapter, endpoint)}/${query}`);
        show(items, () => deliveryLines(items));
      }),
    );

  channels
    .command('replay')
    .description('send again what was delivered or given up between two positions, under the same ids')
    .argument('<adapter>')
    .argument('<endpoint>')
    .requiredOption('--from <position>', 'of the first event')
    .option('--to <position>', 'of the last event')
    .action((adapter: string, endpoint: string, given: { from: string; to?: string }) =>
      withChannels(options(), async (host) => {
        const to = given.to === undefined ? {} : { to: positionOf('--to', given.to) };
        const range = { from: positionOf('--from', given.from), ...to };
        const answer = await host.post<{ replayed: number }>(`${pathOf(adapter, endpoint)}/replay`, range);
        show(answer, () => [`${answer.replayed} messages are sent again`]);
      }),
    );

  channels
    .command('enable')
    .description('send again to an endpoint that was disabled')
    .argument('<adapter>')
    .argument('<endpoint>')
    .action((adapter: string, endpoint: string) =>
      withChannels(options(), async (host) => {
        const answer = await host.post<object>(`${pathOf(adapter, endpoint)}/enable`, {});
        show(answer, () => [`${adapter}/${endpoint} is sent to again`]);
      }),
    );

  channels
    .command('retry')
    .description('try a parked stream of a consumer again')
    .argument('<consumer>')
    .argument('<stream>')
    .action((consumer: string, stream: string) =>
      withChannels(options(), async (host) => {
        const answer = await host.post<{ goesOn: boolean }>('/v1/channels/retry', { consumer, stream });
        show(answer, () => [
          answer.goesOn ? `${stream} goes on` : `${stream} is still parked: see kontor channels status`,
        ]);
        if (!answer.goesOn) process.exitCode = 2;
      }),
    );
};

const linesOf = ({ adapters, consumers, endpoints, parked }: Status) => [
  ...table(
    ['adapter', 'kind', 'channel', 'troubles'],
    adapters.map(({ name, kind, channel, troubles }) => [name, kind, channel, troubles.join('; ')]),
  ),
  '',
  ...table(
    ['consumer', 'state', 'behind'],
    consumers.map(({ name, state, lag }) => [name, state, String(lag)]),
  ),
  '',
  ...table(
    ['endpoint', 'pending', 'dead', 'oldest pending', 'state'],
    endpoints.map((one) => [
      `${one.adapter}/${one.endpoint}`,
      String(one.pending),
      String(one.dead),
      one.oldestPending ?? '',
      stateOf(one),
    ]),
  ),
  ...parked.map(({ consumer, stream, reason, held }) => `parked: ${consumer} ${stream}, ${held} events: ${reason}`),
];

const stateOf = ({ disabledAt, failingSince, lastError }: Status['endpoints'][number]) => {
  if (disabledAt !== null) return `disabled ${disabledAt}: ${lastError ?? ''}`;
  return failingSince === null ? 'works' : `fails since ${failingSince}: ${lastError ?? ''}`;
};

const deliveryLines = (items: readonly Delivery[]) =>
  table(
    ['message', 'key', 'type', 'position', 'attempts', 'next', 'error'],
    items.map((one) => [
      one.messageId,
      one.key,
      one.type,
      String(one.position),
      String(one.attempts),
      one.nextAt,
      one.lastError ?? '',
    ]),
  );
