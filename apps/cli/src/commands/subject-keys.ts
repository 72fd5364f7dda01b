import { type DataSource } from 'typeorm';
import { openDatabase } from '#database';
import { registerLostKeysAsErased, type LostKey, lostKeys } from '#privacy';
import { type Configure } from '../commands.js';
import { type GlobalOptions, needsRun, withKontor } from '../connection.js';
import { addExamples } from '../examples.js';
import { print, table } from '../terminal.js';

const withDatabase = <Result>(options: GlobalOptions, work: (db: DataSource) => Promise<Result>): Promise<Result> =>
  withKontor(options, async (connection) => {
    const db = await openDatabase({ url: needsRun(connection).databaseUrl, role: 'owner', poolSize: 1 });
    try {
      return await work(db);
    } finally {
      await db.destroy();
    }
  });

export const subjectKeys: Configure = (command, program) => {
  const options = () => program.opts<GlobalOptions>();
  const lost = command
    .command('lost')
    .description('keys that the log needs, and that are neither stored nor registered as erased')
    .action(() =>
      withDatabase(options(), async (db) => {
        const found = await lostKeys(db);
        print(options().json ?? false, found, () => linesOf(found));
        if (found.length > 0) process.exitCode = 2;
      }),
    );
  addExamples(lost, 'kontor subject-keys lost');

  const registerErased = command
    .command('register-erased')
    .description(
      'register all lost keys as erased, and accept that the root key of digests was replaced, because no copy has them',
    )
    .action(() =>
      withDatabase(options(), async (db) => {
        const losses = await registerLostKeysAsErased(db);
        print(options().json ?? false, losses, () => [
          `Registered as erased: ${losses.registered}`,
          ...(losses.rootKeyOfDigests ? ['Accepted: the root key of digests was replaced'] : []),
        ]);
      }),
    );
  addExamples(registerErased, 'kontor subject-keys register-erased');
};

const linesOf = (lost: readonly LostKey[]): readonly string[] =>
  lost.length === 0
    ? ['No key is lost']
    : table(
        ['key', 'first used in', 'position', 'noticed'],
        lost.map(({ keyId, stream, position, noticedAt }) => [
          keyId,
          stream,
          String(position),
          noticedAt.toISOString(),
        ]),
      );
