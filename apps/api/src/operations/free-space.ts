import { statfs } from 'node:fs/promises';

/** With less, the event store or the database is about to refuse writes. */
const MIN_FREE_BYTES = 32 * 1024 * 1024;

/** The disk of the data folder, on which `npm start` has the event store and the database, too. */
export class FreeSpace {
  constructor(private readonly dataDir: string) {}

  /** @throws Error with a sentence that says how little is left */
  async check(): Promise<void> {
    const { bavail, bsize } = await statfs(this.dataDir).catch(() => ({ bavail: Infinity, bsize: 1 }));
    const trouble = diskTrouble(this.dataDir, bavail * bsize);
    if (trouble !== undefined) throw new Error(trouble);
  }
}

/** What is wrong with the disk of a folder, as a sentence; undefined if enough is left. */
export const diskTrouble = (folder: string, freeBytes: number): string | undefined =>
  freeBytes < MIN_FREE_BYTES
    ? `The disk of ${folder} is full: ${Math.floor(freeBytes / 1024 / 1024)} MiB are left.`
    : undefined;
