import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/** Says what happens in the life of the process, with details in addition to the message. */
export type LogFunction = (message: string, details?: object) => void;

/**
 * The log of an app: one line of JSON per message, on standard output. Nothing that a caller sent belongs in it, and
 * nothing personal.
 * @param level of the messages that are written: `debug`, `info`, `warn`, `error` or `silent`
 */
export const createLog = (app: string, level: string, destination?: { write(line: string): void }): Logger =>
  pino(
    {
      level,
      base: { app },
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
