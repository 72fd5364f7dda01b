import { readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { type Configure } from '../commands.js';
import { plain, type EventStore, START } from '#event-store';
import { PublishSourcingPolicyDto, WhatIf, whatIfCategories, type Period, type WhatIfReport } from '#sourcing';
import { type GlobalOptions, needsRun, withKontor } from '../connection.js';
import { addExamples } from '../examples.js';
import { parsePeriodBound } from '../instants.js';
import { openEventStore } from '../open-event-store.js';
import { print, Progress, table } from '../terminal.js';

interface SourceOptions extends Period {
  readonly policy: string;
}

export const source: Configure = (command, program) => {
  addExamples(command, 'kontor source --policy docs/sourcing-policy.sample.json');
  command
    .description('where past orders would have come from under another sourcing policy; changes nothing')
    .requiredOption('--policy <file>', 'the policy as JSON: a body of PublishSourcingPolicy')
    .option(
      '--from <instant>',
      'orders placed at or after this instant, 2030-01-31 or 2030-01-31T12:00:00Z',
      parsePeriodBound('--from'),
    )
    .option('--to <instant>', 'orders placed before this instant; a day means its start', parsePeriodBound('--to'))
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

/** @throws Error that names the fields that are wrong */
const policyFrom = (file: string) => {
  const body = plainToInstance(PublishSourcingPolicyDto, { policyId: 'what-if', ...readJson(file) });
  const errors = validateSync(body, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0) throw new Error(`${file} is not a sourcing policy: ${errors.flatMap(sentences).join('; ')}`);
  return plain(body);
};

const readJson = (file: string): object => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as object;
  } catch (error) {
    const isMissing = (error as { code?: unknown }).code === 'ENOENT';
    throw new Error(isMissing ? `${file} does not exist` : `${file} is not JSON: ${String(error)}`, { cause: error });
  }
};

const sentences = ({ constraints, children = [], property }: ValidationError): string[] => [
  ...Object.values(constraints ?? {}),
  ...children.flatMap(sentences).map((sentence) => `${property}: ${sentence}`),
];

const readAll = async (store: EventStore, whatIf: WhatIf) => {
  const progress = new Progress('Planning again', 'events');
  let events = 0;
  try {
    for await (const recorded of store.readAll(START, whatIfCategories)) {
      whatIf.addEvent(recorded);
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
        row('orders from several locations', before.split, after.split),
        row('orders that no location serves', before.unserved, after.unserved),
        row('kilometers', before.km, after.km),
        row('cost by this policy (minor units)', before.cost, after.cost),
        ...rest.units.map((at) => row(`units from ${at.locationId}`, at.before, at.after)),
      ],
    ),
    '',
    ...rest.changes
      .slice(0, 20)
      .map((one) => `${one.orderId}: ${one.before || 'no location'} → ${one.after || 'no location'}`),
    ...(changed > 20 ? [`… and ${changed - 20} more${changed > 100 ? '' : ' (--json has them)'}`] : []),
    ...doubtsOf(rest),
  ];
};

const doubtsOf = ({ notJudged, withoutDistance }: Pick<WhatIfReport, 'notJudged' | 'withoutDistance'>): string[] => [
  'The stock is what each plan recorded: a location that was not a candidate then counts as empty.',
  'Goods that were ordered from a given location still come from there: plans do not record who else had them.',
  ...(withoutDistance > 0 ? [`${withoutDistance} orders have no destination, so they have no kilometers`] : []),
  ...Object.entries(notJudged).map(
    ([reason, count]) => `${count} orders could not be judged: ${REASONS[reason] ?? reason}`,
  ),
];

const REASONS: Readonly<Record<string, string>> = {
  'no-stock-recorded': 'their plans recorded no stock (only one location was possible, or none had any)',
  'channel-unknown': 'their channel was not configured',
};

const signed = (difference: number) => (difference > 0 ? `+${difference}` : String(difference));
