import { type Configure } from '../commands.js';
import { streamTypes } from '#registry';
import { type Position } from '#event-store';
import { EsdbEventStore } from '#event-store-esdb';
import { type Connection, type GlobalOptions, needsRun, withKontor } from '../connection.js';
import { addExamples } from '../examples.js';
import { compareFigures, type Comparison, readExpected } from '../online-retail/figures.js';
import { configureNetwork } from '../online-retail/network.js';
import { readRows } from '../online-retail/rows.js';
import { sendTrade, type SentTrade } from '../online-retail/send-trade.js';
import { type Survey, surveyOf, type Unmapped } from '../online-retail/survey.js';
import { settle } from '../settle.js';
import { print, say } from '../terminal.js';

interface Report extends SentTrade {
  /** The number of rows that can be understood. */
  readonly rows: number;
  readonly commands: number;
  /** Absent with --url, because the log cannot be read then. */
  readonly newEvents?: number;
  readonly seconds: number;
  readonly unmapped: readonly Unmapped[];
  /** Invoices of which nothing was sent, because a line of them is wrong. */
  readonly waiting: readonly string[];
  /** Lines that are not UTF-8 and were read as Windows-1252. */
  readonly windows1252: Survey['windows1252'];
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
      const survey = await surveyOf(readRows(file));
      await withKontor(options, async (connection) => {
        const expected = figures && { figures, databaseUrl: needsRun(connection).databaseBiUrl };
        const report = await importFile(connection, { file, survey }, expected);
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

interface SurveyedFile {
  readonly file: string;
  readonly survey: Survey;
}

const importFile = async (
  connection: Connection,
  { file, survey }: SurveyedFile,
  expected?: Expected,
): Promise<Report> => {
  const { client } = connection;
  say(`${survey.rows} rows of ${survey.invoices.size} invoices`);
  const started = performance.now();
  const before = await headOf(connection);
  await configureNetwork(client);
  const sent = await sendTrade(client, file, survey);
  say('Waiting for the read models');
  await settle(client);
  const seconds = (performance.now() - started) / 1000;

  const newEvents = await eventsAfter(connection, before);
  const figures = expected && (await compareFigures(expected.databaseUrl, expected.figures));
  return {
    rows: survey.rows,
    commands: sent.accepted + sent.repeated + sent.refused.length,
    ...sent,
    ...(newEvents !== undefined && { newEvents }),
    seconds,
    unmapped: survey.unmapped,
    waiting: [...survey.waiting],
    windows1252: survey.windows1252,
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

const linesOf = (report: Report): string[] => {
  const { rows, accepted, repeated, refused, newEvents, seconds, unmapped, figures } = report;
  return [
    `${rows} rows in ${seconds.toFixed(1)} s (${Math.round(rows / seconds)} rows/s)`,
    `${accepted} commands carried out, ${repeated} were carried out before, ${refused.length} refused; ${newEvents ?? 'an unknown number of'} new events`,
    ...encodingLines(report),
    ...unmapped.map(({ line, reason }) => `line ${line}: ${reason}`),
    ...waitingLines(report),
    ...refused.map(refusedLine),
    ...(figures ? figureLines(figures) : []),
  ];
};

const encodingLines = ({ windows1252: { lines, firstLine } }: Report) =>
  lines === 0 ? [] : [`${lines} lines are not UTF-8 and were read as Windows-1252; the first is line ${firstLine}`];

const waitingLines = ({ waiting }: Report) =>
  waiting.length === 0
    ? []
    : [`Nothing of these invoices was imported. Correct their lines and import the file again: ${waiting.join(', ')}`];

const refusedLine = ({ line, id, command, reason, code }: Report['refused'][number]) => {
  const place = line === undefined ? '' : `line ${line}: `;
  const why = code === 'command-id-reused' ? 'it was imported before with other content, which stays' : reason;
  return `${place}${command} ${id}: ${why}`;
};

const figureLines = ({ compared, differing, unanswered }: Comparison): string[] => [
  `${compared} figures compared, ${differing.length} different`,
  ...differing.map(
    ({ name, expected, actual }) => `  ${name}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual)}`,
  ),
  ...(unanswered.length > 0 ? ['Figures that the read models cannot answer:'] : []),
  ...unanswered.map(({ name, why }) => `  ${name}: ${why}`),
];
