import { setTimeout as pause } from 'node:timers/promises';
import { startEmbeddedPostgres } from '#database';
import { type UpSettings } from '#settings';

/** A PostgreSQL with the roles of Kontor. */
export interface SupervisedDatabase {
  readonly name: string;
  readonly pid: number | undefined;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly biUrl: string;
  stop(): Promise<void>;
}

/** The database that the settings name, or an embedded one that is restarted whenever it ends. */
export const superviseDatabase = async (
  dataDir: string,
  say: (line: string) => void,
  onStart: () => void,
  { databaseUrl: ownerUrl, databaseAppUrl: appUrl, databaseBiUrl: biUrl = '' }: UpSettings,
): Promise<SupervisedDatabase> => {
  if (ownerUrl === undefined || appUrl === undefined) return embedded(dataDir, say, onStart);
  return { name: 'postgres', pid: undefined, ownerUrl, appUrl, biUrl, stop: () => Promise.resolve() };
};

const embedded = async (
  dataDir: string,
  say: (line: string) => void,
  onStart: () => void,
): Promise<SupervisedDatabase> => {
  let server = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  const { port, ownerUrl, appUrl, biUrl } = server;
  let stopping = false;
  let starting = Promise.resolve();

  const startAgain = async (reason: string) => {
    say(`postgres ended (${reason}); starting it again`);
    while (!stopping) {
      try {
        server = await startEmbeddedPostgres({ dataDir, port, log: () => undefined });
        onStart();
        watch();
        return;
      } catch (error) {
        say(`postgres does not start: ${error instanceof Error ? error.message : String(error)}`);
        await pause(1000);
      }
    }
  };
  const watch = () =>
    server.onExit((reason) => {
      if (!stopping) starting = startAgain(reason);
    });
  watch();

  return {
    name: 'postgres',
    get pid() {
      return server.pid;
    },
    ownerUrl,
    appUrl,
    biUrl,
    stop: async () => {
      stopping = true;
      await starting;
      await server.stop();
    },
  };
};
