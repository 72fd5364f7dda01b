import { type Configure } from '../commands.js';
import { type GlobalOptions, withKontor } from '../connection.js';
import { addExamples } from '../examples.js';
import { type Status } from '../settle.js';
import { print, table } from '../terminal.js';

export const status: Configure = (command, program) => {
  addExamples(command, 'kontor status').action(async () => {
    const options = program.opts<GlobalOptions>();
    await withKontor(options, async ({ client }) => {
      const found = await client.get<Status>('/v1/status');
      print(options.json ?? false, found, () =>
        table(
          ['consumer', 'position', 'behind'],
          [
            ['(log)', String(found.head), ''],
            ...found.consumers.map(({ name, position, lag }) => [name, String(position), String(lag)]),
          ],
        ),
      );
    });
  });
};
