import { setTimeout as pause } from 'node:timers/promises';
import { type EventStoreDBClient } from '@eventstore/db-client';
import { type Appended, type NewEvent } from '#event-store';
import { AppendRefused, AppendStream } from './append-stream.js';

interface Connection {
  readonly client: EventStoreDBClient;
  readonly opening: Promise<AppendStream>;
  stream?: AppendStream;
}

/** Appends through a client of its own, and through a new one whenever the connection has failed. */
export class Appender {
  private connection: Connection | undefined;

  constructor(
    private readonly connect: () => EventStoreDBClient,
    private readonly timeoutMs: number,
  ) {}

  /** @throws AppendRefused */
  async append(stream: string, expected: number, events: readonly NewEvent[]): Promise<Appended> {
    if (events.length === 0) throw new RangeError(`Nothing to append to ${stream}`);
    const connection = (this.connection ??= this.open());
    try {
      const appends = await this.streamOf(connection);
      const appended = await appends.append(stream, expected, events, this.timeoutMs);
      if (appends.broken) this.giveUp(connection);
      return appended;
    } catch (error) {
      if (error instanceof AppendRefused) throw error;
      this.giveUp(connection);
      return { outcome: 'unknown', reason: String(error) };
    }
  }

  async close() {
    const { connection } = this;
    this.connection = undefined;
    if (connection) await dispose(connection.client);
  }

  private async streamOf(connection: Connection) {
    return (connection.stream ??= await inTime(connection.opening, this.timeoutMs));
  }

  private open(): Connection {
    const client = this.connect();
    return { client, opening: AppendStream.open(client) };
  }

  private giveUp(failed: Connection) {
    if (failed !== this.connection) return;
    this.connection = undefined;
    void dispose(failed.client);
  }
}

const inTime = async <Result>(work: Promise<Result>, ms: number): Promise<Result> => {
  const stop = new AbortController();
  const tooLate = pause(ms, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`no connection within ${ms} ms`);
  });
  tooLate.catch(() => undefined);
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    stop.abort();
  }
};

/** Ends the client's streams. One that the server has ended cleanly never reports its end: it is not waited for. */
export const dispose = async (client: EventStoreDBClient) => {
  await Promise.race([client.dispose(), pause(1000, undefined, { ref: false })]);
};
