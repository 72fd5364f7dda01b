import { setTimeout as pause } from 'node:timers/promises';
import {
  DeadlineExceededError,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  WrongExpectedVersionError,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import { NO_STREAM, type Appended, type NewEvent } from '#event-store';
import { toNumber, toStore } from './recorded.js';
import { Slots } from './slots.js';

/**
 * Appends that may be inside the client at once. From 16 messages on (the buffer of its gRPC stream) it queues them,
 * and if the connection then breaks, it rejects promises that nobody holds, which would end the process.
 */
const MOST_AT_ONCE = 15;

/**
 * Appends through a client of its own. Batch append keeps the promises of all clients of a process in one map, so that
 * an error on one connection rejects all of them, and it has no time-out. So whatever is not certain is `unknown`, and
 * a connection that gave no certain answer is closed before the next append goes through a new one.
 */
export class Appender {
  private client: EventStoreDBClient;
  private ready = Promise.resolve();
  private readonly slots = new Slots(MOST_AT_ONCE);

  constructor(
    private readonly connect: () => EventStoreDBClient,
    private readonly timeoutMs: number,
  ) {
    this.client = connect();
  }

  async append(stream: string, expected: number, events: readonly NewEvent[]): Promise<Appended> {
    if (events.length === 0) throw new RangeError(`Nothing to append to ${stream}`);
    const stored = events.map(toStore);
    const expectedRevision = expected === NO_STREAM ? ('no_stream' as const) : BigInt(expected);
    const { tooLate, timer } = timeout(this.timeoutMs);
    const slot = this.slots.take();
    let client: EventStoreDBClient | undefined;
    try {
      await Promise.race([slot, tooLate]);
      await this.ready;
      ({ client } = this);
      const options = { expectedRevision, batchAppendSize: Infinity };
      const result = await Promise.race([client.appendToStream(stream, stored, options), tooLate]);
      if (!result.success) return { outcome: 'conflict' };
      const { nextExpectedRevision, position } = result;
      return {
        outcome: 'stored',
        revision: toNumber(nextExpectedRevision),
        position: toNumber(position?.commit ?? 0n),
      };
    } catch (error) {
      return this.judge(error, client);
    } finally {
      clearTimeout(timer);
      void slot.then((giveBack) => giveBack());
    }
  }

  async close() {
    await this.ready;
    await dispose(this.client);
  }

  private judge(error: unknown, client: EventStoreDBClient | undefined): Appended {
    if (error instanceof WrongExpectedVersionError) return { outcome: 'conflict' };
    if (error instanceof MaxAppendSizeExceededError || error instanceof StreamDeletedError) throw error;
    // The server's own time-out says nothing against the connection.
    if (!(error instanceof DeadlineExceededError)) this.renew(client);
    return { outcome: 'unknown', reason: error instanceof Error ? error.message : String(error) };
  }

  private renew(failed: EventStoreDBClient | undefined) {
    if (failed !== this.client) return;
    this.client = this.connect();
    // An error of the old connection must not fall on appends of the new one.
    this.ready = dispose(failed);
  }
}

/** Ends the client's streams. One that the server has ended cleanly never reports its end: it is not waited for. */
export const dispose = async (client: EventStoreDBClient) => {
  await Promise.race([client.dispose(), pause(1000, undefined, { ref: false })]);
};

const timeout = (ms: number) => {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  return { tooLate, timer };
};
