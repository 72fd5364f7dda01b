import { type Command } from 'commander';
import { type GlobalOptions, withKontor } from '../connection.js';
import { type Status } from '../settle.js';
import { print, table } from '../terminal.js';

export const statusCommand = (program: Command): void => {
  program
    .command('status')
    .description('how far every consumer of the log is')
    .action(async () => {
      const options = program.opts<GlobalOptions>();
      await withKontor(options, async ({ client }) => {
        const status = await client.get<Status>('/v1/status');
        print(options.json ?? false, status, () =>
          table(
            ['consumer', 'position', 'behind'],
            [
              ['(log)', String(status.head), ''],
              ...status.consumers.map(({ name, position, lag }) => [name, String(position), String(lag)]),
            ],
          ),
        );
      });
    });
};
