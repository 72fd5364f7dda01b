import { resolve } from 'node:path';
import { type Command } from 'commander';
import { openDatabase, startOver } from '#database';
import { type GlobalOptions } from '../connection.js';
import { readRunFile } from '../run-file.js';
import { upSettings } from '../settings.js';
import { superviseDatabase } from '../supervised-database.js';
import { print, say } from '../terminal.js';

export const consumersCommand = (program: Command): void => {
  program
    .command('consumers')
    .description('the readers of the log: read models, processes, topics, channel adapters')
    .command('reset')
    .description(
      'have all of them read the log from its start, after it was restored or replaced; Kontor must be stopped',
    )
    .action(async () => {
      const options = program.opts<GlobalOptions>();
      await reset(resolve(options.data));
      print(options.json ?? false, { reset: true }, () => [
        'Every consumer reads the log from its start when Kontor starts again. The event store was not changed.',
      ]);
    });
};

const reset = async (dataDir: string) => {
  const running = readRunFile(dataDir);
  if (running) throw new Error(`Kontor runs on ${dataDir} (process ${running.pid}): stop it first`);
  const database = await superviseDatabase(dataDir, say, () => undefined, upSettings());
  try {
    const db = await openDatabase({ url: database.ownerUrl, role: 'owner', poolSize: 1 });
    try {
      await startOver(db);
    } finally {
      await db.destroy();
    }
  } finally {
    await database.stop();
  }
};
