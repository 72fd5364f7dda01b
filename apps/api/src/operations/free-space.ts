import { statfs } from 'node:fs/promises';

/** With less, the event store or the database is about to refuse writes. */
const MIN_FREE_BYTES = 32 * 1024 * 1024;

/** The disk of the data folder, on which `npm start` has the event store and the database, too. */
export class FreeSpace {
  constructor(private readonly dataDir: string) {}

  /** @throws Error with a sentence that says how little is left */
  async check(): Promise<void> {
    const { bavail, bsize } = await statfs(this.dataDir).catch(() => ({ bavail: Infinity, bsize: 1 }));
    const free = bavail * bsize;
    if (free < MIN_FREE_BYTES) {
      throw new Error(`The disk of ${this.dataDir} is full: ${Math.floor(free / 1024 / 1024)} MiB are left.`);
    }
  }
}
