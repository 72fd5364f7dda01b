import { type Command } from 'commander';
import { listParkedCommands, type ParkedCommand, retryParkedCommands } from '#kafka-commands';
import { readKafkaBrokers } from '#settings';
import { type GlobalOptions } from '../connection.js';
import { print, table } from '../terminal.js';

const brokers = () => readKafkaBrokers(process.env);

export const commandsCommand = (program: Command): void => {
  const options = () => program.opts<GlobalOptions>();
  const parked = program
    .command('commands')
    .description('commands that came by Kafka')
    .command('parked')
    .description('records that were no command, or that no code could carry out');

  parked
    .command('list')
    .description('what lies parked, and why')
    .action(async () => {
      const found = await listParkedCommands(brokers());
      print(options().json ?? false, found, () => linesOf(found, 'Nothing is parked'));
    });

  parked
    .command('retry')
    .description('send parked records again, as they came: for when the reason has been mended')
    .argument('[ids...]', 'which ones, as listed')
    .option('--all', 'everything that is parked')
    .action(async (ids: string[], { all = false }: { all?: boolean }) => {
      if (all === ids.length > 0) throw new Error('Name the ids of what is to be sent again, or say --all');
      const sent = await retryParkedCommands(brokers(), all ? 'all' : ids);
      print(options().json ?? false, sent, () => linesOf(sent, 'Nothing was parked'));
    });
};

const linesOf = (parked: readonly ParkedCommand[], none: string): readonly string[] =>
  parked.length === 0
    ? [none]
    : table(
        ['id', 'reason', 'command', 'channel', 'command id', 'bytes', 'since', 'detail'],
        parked.map(({ id, code, command, channel, commandId, bytes, parkedAt, detail }) =>
          [id, code, command ?? '', channel ?? '', commandId ?? '', bytes, parkedAt, detail].map(String),
        ),
      );
