import { type Appended, type NewEvent } from '#event-store';
import { AppendRefused, AppendStream } from './append-stream.js';
import { type Link } from './link.js';

/** Appends by one stream, and by a new one on a new connection whenever that has failed. */
export class Appender {
  private stream: AppendStream | undefined;

  constructor(
    private readonly link: Link,
    private readonly timeoutMs: number,
  ) {}

  /** @throws AppendRefused */
  async append(stream: string, expected: number, events: readonly NewEvent[]): Promise<Appended> {
    if (events.length === 0) throw new RangeError(`Nothing to append to ${stream}`);
    try {
      const appends = this.stream?.broken === false ? this.stream : await this.open();
      const appended = await appends.append(stream, expected, events, this.timeoutMs);
      if (appends.broken) this.giveUp(appends);
      return appended;
    } catch (error) {
      if (error instanceof AppendRefused) throw error;
      return { outcome: 'unknown', reason: String(error) };
    }
  }

  private async open(): Promise<AppendStream> {
    const connection = await this.link.connection(this.timeoutMs);
    if (this.stream?.broken !== false || this.stream.connection !== connection)
      this.stream = new AppendStream(connection);
    return this.stream;
  }

  private giveUp(failed: AppendStream) {
    this.link.failed(failed.connection, failed.failure);
    this.link.drop(failed.connection);
    if (this.stream === failed) this.stream = undefined;
  }
}
