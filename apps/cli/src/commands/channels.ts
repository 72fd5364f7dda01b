import { type Command } from 'commander';
import { type Position } from '#event-store';
import { type Configure } from '../commands.js';
import { KontorClient } from '../client.js';
import { type GlobalOptions, needsRun, readAdminKey, withKontor } from '../connection.js';
import { addExamples } from '../examples.js';
import { print, table } from '../terminal.js';
import { addFeed } from './channels-feed.js';

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
      throw new Error(
        `No channel adapters are hosted: list them in ${options.data}/channels.json, or in the file that KONTOR_CHANNELS names`,
      );
    return work(new KontorClient(channelsUrl, readAdminKey(options.data, options)));
  });

const positionOf = (name: string, text: string) => {
  if (!/^\d{1,15}$/.test(text)) throw new Error(`${name} ${text} is not a position`);
  return Number(text);
};

const pathOf = (adapter: string, endpoint: string) =>
  `/v1/channels/${encodeURIComponent(adapter)}/${encodeURIComponent(endpoint)}`;

/** Runs a command on the host of the channel adapters, and prints its answer. */
export type OnHost = <Answer extends object>(
  ask: (host: KontorClient) => Promise<Answer>,
  linesOf: (answer: Answer) => readonly string[],
) => Promise<void>;

/** Examples start a Kontor of their own with a web shop and a supplier that do not exist. */
export const addExample = (command: Command, line: string) =>
  addExamples(
    command,
    'export KONTOR_CHANNELS=docs/channels.sample.json SHOP_SECRET=whsec_$(openssl rand -base64 32) ACME_TOKEN=secret',
    `kontor --data $(mktemp -d) channels ${line}`,
  );

export const channels: Configure = (command, program) => {
  const onHost: OnHost = (ask, linesOf) => {
    const options = program.opts<GlobalOptions>();
    return withChannels(options, async (host) => {
      const answer = await ask(host);
      print(options.json ?? false, answer, () => linesOf(answer));
    });
  };
  addStatus(command, onHost);
  addDeliveries(command, onHost);
  addReplay(command, onHost);
  addEnable(command, onHost);
  addRetry(command, onHost);
  addFeed(command, onHost);
};

const addStatus = (command: Command, onHost: OnHost) => {
  const status = command
    .command('status')
    .description('adapters, consumers, endpoints and parked streams')
    .action(() => onHost((host) => host.get<Status>('/v1/channels'), statusLines));
  addExample(status, 'status');
};

const addDeliveries = (command: Command, onHost: OnHost) => {
  const deliveries = command
    .command('deliveries')
    .description('messages to an endpoint, the newest first')
    .argument('<adapter>')
    .argument('<endpoint>')
    .option('--state <state>', 'pending, delivered or dead', 'dead')
    .action((adapter: string, endpoint: string, { state }: { state: string }) =>
      onHost(async (host) => {
        const path = `${pathOf(adapter, endpoint)}/deliveries?state=${encodeURIComponent(state)}`;
        return (await host.get<{ items: Delivery[] }>(path)).items;
      }, deliveryLines),
    );
  addExample(deliveries, 'deliveries shop main --state pending');
};

const addReplay = (command: Command, onHost: OnHost) => {
  const replay = command
    .command('replay')
    .description('send the messages between two positions again, under the same ids')
    .argument('<adapter>')
    .argument('<endpoint>')
    .requiredOption('--from <position>', 'of the first event')
    .option('--to <position>', 'of the last event')
    .action((adapter: string, endpoint: string, given: { from: string; to?: string }) =>
      onHost(
        (host) => {
          const to = given.to === undefined ? {} : { to: positionOf('--to', given.to) };
          const range = { from: positionOf('--from', given.from), ...to };
          return host.post<{ replayed: number }>(`${pathOf(adapter, endpoint)}/replay`, range);
        },
        ({ replayed }) => [`${replayed} messages will be sent again`],
      ),
    );
  addExample(replay, 'replay shop main --from 0');
};

const addEnable = (command: Command, onHost: OnHost) => {
  const enable = command
    .command('enable')
    .description('resume sending to a disabled endpoint')
    .argument('<adapter>')
    .argument('<endpoint>')
    .action((adapter: string, endpoint: string) =>
      onHost(
        (host) => host.post<object>(`${pathOf(adapter, endpoint)}/enable`, {}),
        () => [`Messages are sent to ${adapter}/${endpoint} again`],
      ),
    );
  addExample(enable, 'enable shop main');
};

const addRetry = (command: Command, onHost: OnHost) => {
  const retry = command
    .command('retry')
    .description('try a parked stream of a consumer again')
    .argument('<consumer>', 'as channels status names it')
    .argument('<stream>')
    .action((consumer: string, stream: string) =>
      onHost(
        async (host) => {
          const answer = await host.post<{ goesOn: boolean }>('/v1/channels/retry', { consumer, stream });
          if (!answer.goesOn) process.exitCode = 2;
          return answer;
        },
        ({ goesOn }) => [goesOn ? `${stream} is read again` : `${stream} is still parked: see kontor channels status`],
      ),
    );
  addExample(retry, 'retry shop order-first');
};

const statusLines = ({ adapters, consumers, endpoints, parked }: Status) => [
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
