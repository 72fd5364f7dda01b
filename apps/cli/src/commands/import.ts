import { type BatchCommand } from '#client';
import { type Configure } from '../commands.js';
import { streamTypes } from '#registry';
import { type Position } from '#event-store';
import { EsdbEventStore } from '#event-store-esdb';
import { type Connection, type GlobalOptions, needsRun, withKontor } from '../connection.js';
import { addExamples } from '../examples.js';
import { commandsOf } from '../online-retail/documents.js';
import { compareFigures, type Comparison, readExpected } from '../online-retail/figures.js';
import { configureNetwork } from '../online-retail/network.js';
import { readRows, type Trade, type Unmapped } from '../online-retail/rows.js';
import { BatchSender, type Sent } from '../send-batches.js';
import { settle } from '../settle.js';
import { print, Progress, say } from '../terminal.js';

interface Report extends Sent {
  readonly rows: number;
  readonly commands: number;
  /** Absent with --url, because the log cannot be read then. */
  readonly newEvents?: number;
  readonly seconds: number;
  readonly unmapped: readonly Unmapped[];
  readonly figures?: Comparison;
}

export const importTrade: Configure = (command, program) => {
  addExamples(command, 'kontor import online-retail docs/online-retail.sample.csv');
  command
    .description('send trade from a file as its channels would have sent it; repeating it changes nothing')
    .argument('<format>', 'online-retail, the data set 352 of UCI')
    .argument('<file>', 'CSV, or CSV compressed by gzip')
    .option('--expect <file>', 'compare the figures of the read models with these (JSON)')
    .action(async (format: string, file: string, { expect }: { expect?: string }) => {
      if (format !== 'online-retail')
        throw new Error(`The format ${format} is unknown: only online-retail can be imported`);
      const options = program.opts<GlobalOptions>();
      const figures = expect === undefined ? undefined : await readExpected(expect);
      const trade = await readRows(file);
      await withKontor(options, async (connection) => {
        const expected = figures && { figures, databaseUrl: needsRun(connection).databaseBiUrl };
        const report = await sendTrade(connection, trade, expected);
        print(options.json ?? false, report, () => linesOf(report));
        const wrong = report.figures !== undefined && report.figures.differing.length > 0;
        if (wrong || report.unmapped.length + report.refused.length > 0) process.exitCode = 2;
      });
    });
};

interface Expected {
  readonly figures: Awaited<ReturnType<typeof readExpected>>;
  /** The database of the read models, whose figures are compared. */
  readonly databaseUrl: string;
}

const sendTrade = async (connection: Connection, trade: Trade, expected?: Expected): Promise<Report> => {
  const { client } = connection;
  const { rows, unmapped } = trade;
  const commands = [...commandsOf(rows)];
  say(`${rows.length} rows make ${commands.length} commands`);
  const started = performance.now();
  const before = await headOf(connection);
  await configureNetwork(client);

  const sending = new Progress('Sending', 'commands', commands.length);
  const sender = new BatchSender(client, sending);
  const isCustomer = ({ command }: BatchCommand) => command === 'RegisterCustomer';
  await sender.send(commands.filter(isCustomer)); // identities and orders refer to customers
  const sent = await sender.send(commands.filter((line) => !isCustomer(line)));
  sending.end();
  say('Waiting for the read models');
  await settle(client);
  const seconds = (performance.now() - started) / 1000;

  const newEvents = await eventsAfter(connection, before);
  const figures = expected && (await compareFigures(expected.databaseUrl, expected.figures));
  return {
    rows: rows.length,
    commands: commands.length,
    ...sent,
    ...(newEvents !== undefined && { newEvents }),
    seconds,
    unmapped,
    ...(figures && { figures }),
  };
};

const headOf = async ({ client }: Connection) => (await client.get<{ head: Position }>('/v1/status')).head;

/** Counts by reading, because the difference of two positions is not a number of events. */
const eventsAfter = async ({ run }: Connection, position: Position): Promise<number | undefined> => {
  if (!run) return undefined;
  const store = EsdbEventStore.connect(run.eventStoreUrl);
  try {
    let count = 0;
    const events = store.readAll(position, categories)[Symbol.asyncIterator]();
    while (!(await events.next()).done) count++;
    return count;
  } finally {
    await store.close();
  }
};

const categories = streamTypes.map(({ category }) => category);

const linesOf = ({ rows, accepted, repeated, refused, newEvents, seconds, unmapped, figures }: Report): string[] => [
  `${rows} rows in ${seconds.toFixed(1)} s (${Math.round(rows / seconds)} rows/s)`,
  `${accepted} commands carried out, ${repeated} were carried out before, ${refused.length} refused; ${newEvents ?? 'an unknown number of'} new events`,
  ...unmapped.map(({ line, reason }) => `line ${line}: ${reason}`),
  ...refused.map(({ id, command, reason }) => `${command} ${id}: ${reason}`),
  ...(figures ? figureLines(figures) : []),
];

const figureLines = ({ compared, differing, unanswered }: Comparison): string[] => [
  `${compared} figures compared, ${differing.length} different`,
  ...differing.map(
    ({ name, expected, actual }) => `  ${name}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual)}`,
  ),
  ...(unanswered.length > 0 ? ['Figures that the read models cannot answer:'] : []),
  ...unanswered.map(({ name, why }) => `  ${name}: ${why}`),
];
