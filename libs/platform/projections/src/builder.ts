import { type Recorded } from '#event-store';
import { type Registry } from './registry.js';
import { openSession, type Session } from './session.js';
import { Tables, writeChanges, type Table } from './tables.js';

/** Rows that are folded before they are written. About as many are being written at the same time. */
const ROWS_PER_WRITE = 30_000;
/** Rows in memory for each table that is being built. */
const CACHE_ROWS = 200_000;

/** Builds new tables from the log. Writes one batch of rows while the next one is folded. */
export class Builder {
  events = 0;
  private writing: Promise<void> = Promise.resolve();
  private failure: unknown;

  private constructor(
    private readonly registry: Registry,
    private readonly reading: Session,
    private readonly writer: Session,
    private readonly tables: Tables,
  ) {}

  /** Creates an empty table for each name. */
  static async start(registry: Registry, names: readonly string[]): Promise<Builder> {
    const reading = await openSession(registry.dataSource, { consumer: true });
    const writer = await openSession(registry.dataSource, { consumer: true });
    const tables: Table[] = [];
    for (const name of names) {
      const build = await registry.schema.create(writer, registry.layout(name));
      tables.push(await registry.table(writer, { name, build }, { rows: CACHE_ROWS, empty: true }));
    }
    return new Builder(registry, reading, writer, new Tables(tables, registry.models.events, true));
  }

  get builds(): readonly { readonly name: string; readonly build: number }[] {
    return this.tables.all.map(({ build, fold }) => ({ build, name: fold.layout.projection.name }));
  }

  async fold(events: readonly Recorded[]) {
    await this.tables.fold(this.reading, events);
    this.events += events.length;
    const rows = this.tables.all.reduce((sum, { fold }) => sum + fold.size, 0);
    if (rows >= ROWS_PER_WRITE) await this.write();
  }

  /** Starts writing the folded rows once the previous batch is written. */
  private async write() {
    await this.awaitWrite();
    const changes = this.tables.all.map((table) => [table, table.fold.take()] as const);
    this.writing = writeChanges(this.writer, changes).then(
      () => {
        for (const { fold } of this.tables.all) fold.written();
      },
      (error: unknown) => {
        this.failure = error;
      },
    );
  }

  private async awaitWrite() {
    await this.writing;
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- rethrows what was caught
    if (this.failure !== undefined) throw this.failure;
  }

  /** Resolves once all folded rows are written. */
  async flush() {
    await this.write();
    await this.awaitWrite();
  }

  /** Creates indices and statistics, which is cheaper after the rows are written. */
  async finish() {
    await this.flush();
    for (const { name, build } of this.builds) {
      await this.registry.schema.createIndices(this.writer, this.registry.layout(name), build);
    }
    for (const { name } of this.tables.all) await this.writer.query(`ANALYZE ${name}`);
  }

  async close() {
    await this.writing;
    await this.reading.release();
    await this.writer.release();
  }
}
