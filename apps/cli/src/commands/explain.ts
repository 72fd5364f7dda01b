import { type Position } from '#event-store';
import { parseAsOf } from '../instants.js';
import { type Configure } from '../commands.js';
import { type GlobalOptions, withKontor } from '../connection.js';
import { addExamples } from '../examples.js';
import { columns, print, table } from '../terminal.js';

interface Explanation {
  readonly level: Readonly<Record<string, unknown>>;
  readonly events: readonly {
    readonly position: Position;
    readonly occurredAt: string;
    readonly text: string;
    readonly onHandAfter: number;
    readonly reservedAfter: number;
  }[];
}

/** The numbers of the stock level, by their names as words. */
const levelLines = (level: Explanation['level']) =>
  columns(
    Object.entries(level)
      .filter(([name, value]) => typeof value === 'number' && !['revision', 'position'].includes(name))
      .map(([name, value]) => [name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`), String(value)]),
  );

export const explain: Configure = (command, program) => {
  addExamples(command, 'kontor explain stock MUG-BLUE-M leeds-warehouse');
  command
    .argument('<what>', 'stock')
    .argument('<sku>', 'for example MUG-BLUE-M')
    .argument('<location>', 'for example leeds-warehouse')
    .option(
      '--as-of <instant>',
      'as it was recorded by this instant, 2030-01-31T12:00:00Z, or by the end of this day (UTC), 2030-01-31',
      parseAsOf,
    )
    .action(async (what: string, sku: string, location: string, { asOf }: { asOf?: string }) => {
      if (what !== 'stock') throw new Error(`Only stock can be explained, not ${what}`);
      const options = program.opts<GlobalOptions>();
      await withKontor(options, async ({ client }) => {
        const path = `/v1/stock/${encodeURIComponent(sku)}/${encodeURIComponent(location)}/explain`;
        const query = asOf === undefined ? '' : `?asOf=${encodeURIComponent(asOf)}`;
        const found = await client.get<Explanation>(path + query);
        if (found.events.length === 0) throw new Error(`There is no event of ${sku} at ${location}`);
        print(options.json ?? false, found, () => [
          ...table(
            ['position', 'occurred at', 'on hand', 'reserved', 'what'],
            found.events.map(({ position, occurredAt, onHandAfter, reservedAfter, text }) => [
              String(position),
              occurredAt,
              String(onHandAfter),
              String(reservedAfter),
              text,
            ]),
          ),
          '',
          ...levelLines(found.level),
        ]);
      });
    });
};
