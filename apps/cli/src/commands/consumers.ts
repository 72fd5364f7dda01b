import { resolve } from 'node:path';
import { type Configure } from '../commands.js';
import { openDatabase, startOver } from '#database';
import { type GlobalOptions } from '../connection.js';
import { addExamples } from '../examples.js';
import { readRunFile } from '../run-file.js';
import { upSettings } from '../settings.js';
import { superviseDatabase } from '../supervised-database.js';
import { print, say } from '../terminal.js';

export const consumers: Configure = (command, program) => {
  const again = command
    .command('reset')
    .description(
      'let read models, processes, topics and channel adapters read the log from its start, after it was restored or ' +
        'replaced; Kontor must be stopped',
    )
    .action(async () => {
      const options = program.opts<GlobalOptions>();
      await reset(resolve(options.data));
      print(options.json ?? false, { reset: true }, () => [
        'Every consumer will read the log from its start when Kontor starts. The event store was not changed.',
        'Before that, run "kontor rebuild --processes": then processes send only commands that have no answer in the log.',
      ]);
    });
  addExamples(again, 'kontor --data $(mktemp -d) consumers reset');
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
