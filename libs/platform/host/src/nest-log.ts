import { type LoggerService } from '@nestjs/common';
import { type Logger } from './log.js';

/** What Nest says of its own start-up interests only those who look for a fault in it. */
const STARTUP_SOURCES = new Set([
  'InstanceLoader',
  'NestFactory',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

type Level = 'debug' | 'info' | 'warn' | 'error';

/** Writes what Nest and its classes log into the log of the app, each with its source. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]) {
    this.write(STARTUP_SOURCES.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]) {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]) {
    this.write('debug', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]) {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]) {
    this.write('error', message, rest);
  }

  /** @param rest the source, and before it, for an error, the stack or undefined */
  private write(level: Level, message: unknown, rest: readonly unknown[]) {
    const details = typeof message === 'object' && message !== null ? message : { message: String(message) };
    const [stack] = rest.slice(0, -1);
    this.logger[level]({ source: rest.at(-1), ...details, ...(stack !== undefined && { stack }) });
  }
}
