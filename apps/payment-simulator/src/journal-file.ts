import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BankEntry } from '#payments';

/** A file with a line per entry, which survives the end of the process at any point. */
export class JournalFile {
  /** What was kept before. */
  readonly entries: readonly BankEntry[];
  private readonly file: number;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1); // a line without its end was never answered for
    this.entries = whole.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as BankEntry]));
    this.file = openSync(path, 'a', 0o600);
    ftruncateSync(this.file, Buffer.byteLength(whole));
  }

  /** Of a token, only the part that decides how the payment behaves. */
  keep({ token, ...entry }: BankEntry): void {
    const behavior = /^tok_[a-z]+/.exec(token ?? '')?.[0];
    writeSync(this.file, `${JSON.stringify({ ...entry, ...(behavior !== undefined && { token: behavior }) })}\n`);
  }

  close(): void {
    closeSync(this.file);
  }
}
