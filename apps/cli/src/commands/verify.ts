import { type Configure } from '../commands.js';
import { readModels } from '#registry';
import { openDatabase } from '#database';
import { processStatus, type ProcessStatus } from '#process-manager';
import { parkedStreams, type ParkedStream, Registry } from '#projections';
import { publisherStatus, type PublisherStatus } from '#kafka-publisher';
import { type DiscrepancyGroup, type Finding, type Verification, verify, type Violation } from '#verification';
import { type GlobalOptions, needsRun, withKontor } from '../connection.js';
import { addExamples } from '../examples.js';
import { openEventStore } from '../open-event-store.js';
import { print, Progress, table } from '../terminal.js';

interface Report extends Verification {
  readonly seconds: number;
  /** Parked streams and instances break no invariant, but an operator has to act. */
  readonly parked: {
    readonly readModels: readonly ParkedStream[];
    readonly processes: ProcessStatus['parked'];
    readonly relay: PublisherStatus['parked'];
  };
}

export const verifyLog: Configure = (command, program) => {
  addExamples(command, 'kontor verify').action(async () => {
    const options = program.opts<GlobalOptions>();
    await withKontor(options, async (connection) => {
      const { databaseUrl, eventStoreUrl } = needsRun(connection);
      const report = await run(databaseUrl, eventStoreUrl);
      print(options.json ?? false, report, () => linesOf(report));
      if (report.findings.some(({ failed }) => failed > 0)) process.exitCode = 2;
    });
  });
};

const run = async (databaseUrl: string, eventStoreUrl: string): Promise<Report> => {
  const started = performance.now();
  const db = await openDatabase({ url: databaseUrl, role: 'owner' });
  const store = await openEventStore(eventStoreUrl);
  const progress = new Progress('Verifying', 'events');
  try {
    const registry = new Registry(db, readModels);
    const onProgress = ({ events }: { readonly events: number }) => progress.update(events);
    const verification = await verify(registry, store, { now: Date.now(), onProgress });
    const parked = {
      readModels: await parkedStreams(registry),
      processes: (await processStatus(db)).parked,
      relay: (await publisherStatus(db)).parked,
    };
    return { ...verification, seconds: (performance.now() - started) / 1000, parked };
  } finally {
    progress.end();
    await store.close();
    await db.destroy();
  }
};

const linesOf = ({ position, events, findings, discrepancies, seconds, parked }: Report): string[] => [
  ...table(
    ['', 'invariant', 'checked', 'violations', 'discrepancies'],
    findings.map(({ invariant, title, ...count }) => [
      invariant,
      title,
      String(count.checked),
      String(count.failed),
      count.flagged > 0 ? String(count.flagged) : '',
    ]),
  ),
  ...findings.flatMap(violationLines),
  ...discrepancies.flatMap(discrepancyLines),
  ...parked.readModels.map(({ name, stream, error }) => `parked: ${stream} in read model ${name}: ${error}`),
  ...parked.relay.map(({ stream, error }) => `parked: ${stream} in the relay: ${error}`),
  ...parked.processes.map(({ process, instance, error }) => `parked: ${instance} in process ${process}: ${error}`),
  `${events} events up to position ${String(position)} in ${seconds.toFixed(1)} s: ${conclusionOf(findings, discrepancies)}`,
];

const violationLines = ({ invariant, failed, violations }: Finding): string[] =>
  caseLines(invariant, failed, violations);

const SHOWN_DISCREPANCIES = 20;

const discrepancyLines = ({ name, whatToDo, count, cases }: DiscrepancyGroup): string[] => [
  `${name} (${count}): ${whatToDo}`,
  ...caseLines(`  ${name}`, count, cases.slice(0, SHOWN_DISCREPANCIES)),
];

const caseLines = (label: string, count: number, cases: readonly Violation[]): string[] => [
  ...cases.map(({ stream, revision, position, sentence }) => {
    const event = revision < 0 ? '' : ` revision ${revision}`;
    return `${label}: ${stream}${event}, position ${position}: ${sentence}`;
  }),
  ...(count > cases.length ? [`${label}: … and ${count - cases.length} more`] : []),
];

const conclusionOf = (findings: readonly Finding[], discrepancies: readonly DiscrepancyGroup[]) => {
  const failed = findings.reduce((sum, finding) => sum + finding.failed, 0);
  const invariants = failed === 0 ? 'every invariant holds' : `${failed} violations`;
  const count = discrepancies.reduce((sum, group) => sum + group.count, 0);
  return count === 0 ? invariants : `${invariants}; ${count} discrepancies of the trade`;
};
