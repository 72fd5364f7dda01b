import { type Position } from '#event-store';
import { type Configure } from '../commands.js';
import { type GlobalOptions, withKontor } from '../connection.js';
import { addExamples } from '../examples.js';
import { print } from '../terminal.js';

interface Entry {
  readonly position: Position;
  readonly occurredAt: string;
  readonly type: string;
  readonly channel: string;
  readonly actor: string;
  readonly text: string;
  /** An object where it was erased. */
  readonly note?: string | object;
}

interface Page {
  readonly items: readonly Entry[];
  readonly next?: string | null;
}

export const timeline: Configure = (command, program) => {
  addExamples(command, 'kontor timeline order sample-today-05');
  command
    .description('everything that happened to an order, oldest first')
    .argument('<what>', 'order')
    .argument('<id>', 'id of the order')
    .action(async (what: string, id: string) => {
      if (what !== 'order') throw new Error(`Only an order has a timeline, not ${what}`);
      const options = program.opts<GlobalOptions>();
      await withKontor(options, async ({ client }) => {
        const entries: Entry[] = [];
        let cursor = '';
        do {
          const page = await client.get<Page>(`/v1/orders/${encodeURIComponent(id)}/timeline?limit=200${cursor}`);
          entries.push(...page.items);
          cursor = page.next ? `&cursor=${encodeURIComponent(page.next)}` : '';
        } while (cursor);
        print(options.json ?? false, entries, () => entries.map(lineOf));
      });
    });
};

const lineOf = ({ position, occurredAt, text, note, channel, actor }: Entry) =>
  `${occurredAt}  ${text}${typeof note === 'string' ? `: ${note}` : ''}  [${channel}, ${actor}, #${position}]`;
