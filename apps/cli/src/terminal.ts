import { SingleBar } from 'cli-progress';
import { ApiProblem } from './client.js';

/** Prints a result: for people as lines, for machines as one JSON value. */
export const print = (json: boolean, value: unknown, lines: () => readonly string[]): void => {
  process.stdout.write(
    json
      ? `${JSON.stringify(value, undefined, 2)}\n`
      : lines()
          .map((line) => `${line}\n`)
          .join(''),
  );
};

/** Reports progress on standard error; it is never part of the result. */
export const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Prints an error as a sentence without a stack trace, and sets exit code 1. */
export const fail = (error: unknown): void => {
  const message = error instanceof Error ? error.message : String(error);
  say(`kontor: ${message}`);
  if (error instanceof ApiProblem && error.status === 401)
    say('Give a valid key by --key or KONTOR_KEY. The admin key is in <data>/admin-key.');
  if (process.env['KONTOR_LOG'] === 'debug' && error instanceof Error) say(error.stack ?? '');
  process.exitCode = 1;
};

/** Progress on standard error: a bar on a terminal, a line every few seconds elsewhere. */
export class Progress {
  private readonly bar: SingleBar | undefined;
  private readonly started = performance.now();
  private printedAt = 0;
  private done = 0;

  constructor(
    private readonly what: string,
    private readonly unit: string,
    /** Undefined if it is unknown. */
    private total?: number,
  ) {
    if (!process.stderr.isTTY) return;
    const format =
      total === undefined
        ? `${what} | {value} ${unit} | {rate}/s`
        : `${what} {bar} {percentage}% | {value}/{total} ${unit} | {rate}/s | {eta_formatted} left`;
    this.bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, barsize: 30 });
    this.bar.start(total ?? 0, 0, { rate: 0 });
  }

  /** Units per second since the start. */
  get rate(): number {
    return Math.round(this.done / Math.max(0.001, (performance.now() - this.started) / 1000));
  }

  update(done: number, total = this.total): void {
    this.done = done;
    this.total = total;
    if (this.bar) {
      this.bar.setTotal(total ?? done);
      this.bar.update(done, { rate: this.rate });
    } else if (performance.now() - this.printedAt > 5000) {
      this.printedAt = performance.now();
      say(`${this.what}: ${done}${total === undefined ? '' : ` of ${total}`} ${this.unit}, ${this.rate}/s`);
    }
  }

  end(): void {
    this.bar?.stop();
    say(`${this.what}: ${this.done} ${this.unit} in ${((performance.now() - this.started) / 1000).toFixed(1)} s`);
  }
}

type Rows = readonly (readonly string[])[];

/** Rows with aligned columns and a margin, without a header. */
export const columns = (rows: Rows): string[] => alignedRows(rows).map((row) => `  ${row}`);

const isNumber = (cell: string | undefined) => cell === undefined || /^(\d+|-|)$/.test(cell);

/** Aligns columns of numbers to the right. The first row may be a header. */
const alignedRows = (rows: Rows): string[] => {
  const layout = (rows[0] ?? []).map((_, column) => ({
    width: Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    isNumeric: rows.length > 1 && rows.slice(1).every((row) => isNumber(row[column])),
  }));
  const aligned = (cell: string, column: number) => {
    const { width, isNumeric } = layout[column] ?? { width: 0, isNumeric: false };
    return isNumeric ? cell.padStart(width) : cell.padEnd(width);
  };
  return rows.map((row) => row.map(aligned).join('  ').trimEnd());
};

/** A table with a header and aligned columns. */
export const table = (header: readonly string[], rows: Rows): string[] => {
  const [title = '', ...body] = alignedRows([header, ...rows]);
  return [title, '─'.repeat(Math.max(title.length, ...body.map((line) => line.length))), ...body];
};
