import { type Position } from '#event-store';
import { type Command } from 'commander';
import { type GlobalOptions, withKontor } from '../connection.js';
import { print, table } from '../terminal.js';

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

export const explainCommand = (program: Command): void => {
  program
    .command('explain')
    .description('why a number is what it is: the events that made it')
    .argument('<what>', 'stock')
    .argument('<sku>')
    .argument('<location>')
    .option('--as-of <instant>', 'as it was known then (ISO 8601)')
    .action(async (what: string, sku: string, location: string, { asOf }: { asOf?: string }) => {
      if (what !== 'stock') throw new Error(`Stock can be explained, not ${what}`);
      const options = program.opts<GlobalOptions>();
      await withKontor(options, async ({ client }) => {
        const path = `/v1/stock/${encodeURIComponent(sku)}/${encodeURIComponent(location)}/explain`;
        const query = asOf === undefined ? '' : `?asOf=${encodeURIComponent(asOf)}`;
        const found = await client.get<Explanation>(path + query);
        if (found.events.length === 0) throw new Error(`Nothing is known of ${sku} at ${location}`);
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
          JSON.stringify(found.level),
        ]);
      });
    });
};
