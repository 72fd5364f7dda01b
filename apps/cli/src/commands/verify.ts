import { type Configure } from '../commands.js';
import { readModels } from '#registry';
import { openDatabase } from '#database';
import { processStatus, type ProcessStatus } from '#process-manager';
import { parkedStreams, type ParkedStream, Registry } from '#projections';
import { publisherStatus, type PublisherStatus } from '#kafka-publisher';
import { type Finding, type Verification, verify } from '#verification';
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

const linesOf = ({ position, events, findings, seconds, parked }: Report): string[] => [
  ...table(
    ['', 'invariant', 'checked', 'violations', 'flagged'],
    findings.map(({ invariant, title, ...count }) => [
      invariant,
      title,
      String(count.checked),
      String(count.failed),
      count.flagged > 0 ? String(count.flagged) : '',
    ]),
  ),
  ...findings.flatMap(violationLines),
  ...parked.readModels.map(({ name, stream, error }) => `parked: ${stream} in read model ${name}: ${error}`),
  ...parked.relay.map(({ stream, error }) => `parked: ${stream} in the relay: ${error}`),
  ...parked.processes.map(({ process, instance, error }) => `parked: ${instance} in process ${process}: ${error}`),
  `${events} events up to position ${String(position)} in ${seconds.toFixed(1)} s: ${conclusionOf(findings)}`,
];

const violationLines = ({ invariant, failed, violations }: Finding): string[] => [
  ...violations.map(({ stream, revision, position, sentence }) => {
    const event = revision < 0 ? '' : ` revision ${revision}`;
    return `${invariant}: ${stream}${event}, position ${position}: ${sentence}`;
  }),
  ...(failed > violations.length ? [`${invariant}: … and ${failed - violations.length} more`] : []),
];

const conclusionOf = (findings: readonly Finding[]) => {
  const failed = findings.reduce((sum, finding) => sum + finding.failed, 0);
  return failed === 0 ? 'every invariant holds' : `${failed} violations`;
};
