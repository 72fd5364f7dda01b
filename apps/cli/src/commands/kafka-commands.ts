import { type Configure } from '../commands.js';
import { listParkedCommands, type ParkedCommand, retryParkedCommands } from '#kafka-commands';
import { readKafkaBrokers } from '#settings';
import { type GlobalOptions } from '../connection.js';
import { addExamples } from '../examples.js';
import { print, table } from '../terminal.js';

const brokers = () => readKafkaBrokers(process.env);

const BROKERS = 'export KAFKA_BROKERS=127.0.0.1:9092 # where npm run kafka listens';

export const kafkaCommands: Configure = (command, program) => {
  const options = () => program.opts<GlobalOptions>();
  const parked = command
    .command('parked')
    .description('records that were not a valid command, or that failed because of a defect');

  const list = parked
    .command('list')
    .description('the parked records, and why they are parked')
    .action(async () => {
      const found = await listParkedCommands(brokers());
      print(options().json ?? false, found, () => linesOf(found, 'Nothing is parked'));
    });

  addExamples(list, BROKERS, 'kontor commands parked list');

  const retry = parked
    .command('retry')
    .description('send parked records again as they came, once the cause is removed')
    .argument('[ids...]', 'their ids, as listed')
    .option('--all', 'all parked records')
    .action(async (ids: string[], { all = false }: { all?: boolean }) => {
      if (all === ids.length > 0) throw new Error('Name the ids of the records to send again, or give --all');
      const sent = await retryParkedCommands(brokers(), all ? 'all' : ids);
      print(options().json ?? false, sent, () => linesOf(sent, 'Nothing was parked'));
    });
  addExamples(retry, BROKERS, 'kontor commands parked retry --all');
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
