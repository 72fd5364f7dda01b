import { readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { type Command } from 'commander';
import { plain, type EventStore, START } from '#event-store';
import { PublishSourcingPolicyDto, WhatIf, whatIfCategories, type Period, type WhatIfReport } from '#sourcing';
import { type GlobalOptions, needsRun, withKontor } from '../connection.js';
import { openEventStore } from '../open-event-store.js';
import { print, Progress, table } from '../terminal.js';

interface SourceOptions extends Period {
  readonly policy: string;
}

export const sourceCommand = (program: Command): void => {
  program
    .command('source')
    .description('what if: where past orders would have come from under another sourcing policy; changes nothing')
    .requiredOption('--policy <file>', 'the policy as JSON: the body of PublishSourcingPolicy')
    .option('--from <instant>', 'orders placed from this instant on, 2030-01-31 or 2030-01-31T12:00:00Z', instant)
    .option('--to <instant>', 'and before this one', instant)
    .action(async ({ policy: file, ...period }: SourceOptions) => {
      const options = program.opts<GlobalOptions>();
      const whatIf = new WhatIf(policyFrom(file), period);
      await withKontor(options, async (connection) => {
        const store = await openEventStore(needsRun(connection).eventStoreUrl);
        try {
          await readAll(store, whatIf);
        } finally {
          await store.close();
        }
        const report = whatIf.report();
        print(options.json ?? false, report, () => linesOf(report));
      });
    });
};

/** As the log writes instants. @throws Error */
const instant = (text: string) => {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new Error(`${text} is no instant: write 2030-01-31 or 2030-01-31T12:00:00Z`);
  return new Date(time).toISOString();
};

/** @throws Error that names the fields that are wrong */
const policyFrom = (file: string) => {
  const body = plainToInstance(PublishSourcingPolicyDto, { policyId: 'what-if', ...readJson(file) });
  const errors = validateSync(body, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0) throw new Error(`${file} is no sourcing policy: ${errors.flatMap(sentences).join('; ')}`);
  return plain(body);
};

const readJson = (file: string): object => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as object;
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON: ${String(error)}`, { cause: error });
  }
};

const sentences = ({ constraints, children = [], property }: ValidationError): string[] => [
  ...Object.values(constraints ?? {}),
  ...children.flatMap(sentences).map((sentence) => `${property}: ${sentence}`),
];

const readAll = async (store: EventStore, whatIf: WhatIf) => {
  const progress = new Progress('Sourcing again', 'events');
  let events = 0;
  try {
    for await (const recorded of store.readAll(START, whatIfCategories)) {
      whatIf.see(recorded);
      progress.update(++events);
    }
  } finally {
    progress.end();
  }
};

const linesOf = ({ orders, changed, before, after, ...rest }: WhatIfReport): string[] => {
  const row = (what: string, was: number, would: number) => [
    what,
    String(Math.round(was)),
    String(Math.round(would)),
    signed(Math.round(would) - Math.round(was)),
  ];
  return [
    `${orders} orders planned again: ${changed} would come from elsewhere`,
    '',
    ...table(
      ['', 'was', 'would be', 'difference'],
      [
        row('parcels', before.parcels, after.parcels),
        row('orders from more than one place', before.split, after.split),
        row('orders that nobody would serve', before.unserved, after.unserved),
        row('kilometres', before.km, after.km),
        row('cost by this policy (minor units)', before.cost, after.cost),
        ...rest.units.map((at) => row(`units from ${at.locationId}`, at.before, at.after)),
      ],
    ),
    '',
    ...rest.changes.slice(0, 20).map((one) => `${one.orderId}: ${one.before || 'nobody'} → ${one.after || 'nobody'}`),
    ...(changed > 20 ? [`… and ${changed - 20} more${changed > 100 ? '' : ' (--json has them)'}`] : []),
    ...doubtsOf(rest),
  ];
};

const doubtsOf = ({ notJudged, withoutDistance }: Pick<WhatIfReport, 'notJudged' | 'withoutDistance'>): string[] => [
  'Judged by the stock that each plan has recorded: places that were not candidates then are taken to have had nothing.',
  'What is ordered from a place is taken to come from there: plans do not record who else had it.',
  ...(withoutDistance > 0 ? [`${withoutDistance} orders do not say where they go: no kilometres for them`] : []),
  ...Object.entries(notJudged).map(
    ([reason, count]) => `${count} orders could not be judged: ${REASONS[reason] ?? reason}`,
  ),
];

const REASONS: Readonly<Record<string, string>> = {
  'no-stock-recorded': 'their plans have recorded no stock (one place only, or nobody was known to have it)',
  'channel-unknown': 'their channel was not configured',
};

const signed = (difference: number) => (difference > 0 ? `+${difference}` : String(difference));
