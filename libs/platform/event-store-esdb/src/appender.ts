import { type Appended, type NewEvent } from '#event-store';
import { AppendRefused, AppendStream } from './append-stream.js';
import { type LeaderConnection } from './leader-connection.js';

/** Appends through one call, and through a new call on a new connection whenever that has failed. */
export class Appender {
  private stream: AppendStream | undefined;

  constructor(
    private readonly link: LeaderConnection,
    private readonly timeoutMs: number,
  ) {}

  /** @throws AppendRefused */
  async append(stream: string, expected: number, events: readonly NewEvent[]): Promise<Appended> {
    if (events.length === 0) throw new RangeError(`Nothing to append to ${stream}`);
    try {
      const appends = this.stream?.hasEnded === false ? this.stream : await this.openStream();
      const appended = await appends.append(stream, expected, events, this.timeoutMs);
      if (appends.hasEnded) this.abandon(appends);
      return appended;
    } catch (error) {
      if (error instanceof AppendRefused) throw error;
      return { outcome: 'unknown', reason: String(error) };
    }
  }

  private async openStream(): Promise<AppendStream> {
    const connection = await this.link.connection(this.timeoutMs);
    if (this.stream?.hasEnded !== false || this.stream.connection !== connection)
      this.stream = new AppendStream(connection);
    return this.stream;
  }

  private abandon(failed: AppendStream) {
    this.link.callFailed(failed.connection, failed.failure);
    this.link.drop(failed.connection);
    if (this.stream === failed) this.stream = undefined;
  }
}
