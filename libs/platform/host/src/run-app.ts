import { SettingsError } from './settings.js';

export interface RunningApp {
  /** Where it listens, as it is printed for the operator. */
  readonly url: string;
  readonly close: () => Promise<unknown>;
  /** Rejects if the app must end, because it would do harm. */
  readonly failure?: Promise<unknown>;
}

type ErrorClass = abstract new (...args: never[]) => Error;

/**
 * Runs an app until a signal, or the end of the process that supervises it, closes it.
 * @param explained errors whose message tells an operator what to do: of them no stack is printed
 */
export const runApp = async (
  name: string,
  start: () => Promise<RunningApp>,
  explained: readonly ErrorClass[] = [],
): Promise<void> => {
  const fail = (error: unknown): never => {
    if (![SettingsError, ...explained].some((known) => error instanceof known)) throw error;
    process.stderr.write(`kontor ${name}: ${(error as Error).message}\n`);
    process.exit(1);
  };
  const app = await start().catch(fail);
  closeAtEnd(() => app.close()); // before the address is printed: who started it may stop it at once
  process.stdout.write(`kontor ${name} listening on ${app.url}\n`);
  app.failure?.catch(fail);
};

/** Signals that come while the app closes are ignored: an operator in a hurry has SIGKILL. */
const closeAtEnd = (close: () => Promise<unknown>): void => {
  let closing = false;
  const end = () => {
    if (closing) return;
    closing = true;
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end).on('SIGINT', end);
  // The supervisor holds the other end of the pipe: when it dies, however it does, this app ends, too.
  if (process.env['KONTOR_SUPERVISED'] === '1') process.stdin.once('end', end).once('close', end).resume();
};
