import { type LoggerService } from '@nestjs/common';

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'];

/** Nest's own remarks on how it starts. */
const CHATTER = new Set(['InstanceLoader', 'NestFactory', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** One line of JSON per message, on standard error. Nothing that a caller sent belongs in it, and nothing personal. */
export class JsonLog implements LoggerService {
  private readonly threshold: number;

  constructor(
    level: string,
    private readonly write: (line: string) => void = (line) => process.stderr.write(line),
  ) {
    this.threshold = Math.max(0, LEVELS.indexOf(level));
  }

  log(message: unknown, ...rest: unknown[]) {
    this.line(CHATTER.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]) {
    this.line('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]) {
    this.line('debug', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]) {
    this.line('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]) {
    this.line('error', message, rest);
  }

  private line(level: string, message: unknown, rest: readonly unknown[]) {
    if (LEVELS.indexOf(level) < this.threshold) return;
    const facts = typeof message === 'object' && message !== null ? message : { message: String(message) };
    const [stack] = rest.length > 1 ? rest : [];
    const source = rest.at(-1);
    this.write(
      `${JSON.stringify({ time: new Date().toISOString(), level, source, ...facts, ...(stack !== undefined && { stack }) })}\n`,
    );
  }
}
