import { setTimeout as pause } from 'node:timers/promises';
import { type Position, type Recorded, START } from '#event-store';
import { type Connection } from './connection.js';
import { type ReadResponse } from './read-response.js';
import { readResponses } from './read-responses.js';
import { type LeaderTracker } from './leader-tracker.js';
import { type LeaderConnection } from './leader-connection.js';
import { readNewestOfAll } from './read-request.js';
import { isTransient } from './store-unavailable.js';

const REPEAT_AFTER_MS = 20;

/** The stream does not exist, or not any more. */
export class NoSuchStream extends Error {}

/** Reads from the leader. A read that fails before it has brought anything is repeated, in a cluster where another node may lead. */
export class Reader {
  constructor(
    private readonly link: LeaderConnection,
    private readonly leader: LeaderTracker,
    private readonly timeoutMs: number,
  ) {}

  /** @param request a `ReadReq` that is no subscription @throws NoSuchStream, ServiceError */
  async *events(request: Buffer, signal?: AbortSignal): AsyncIterable<Recorded> {
    const until = performance.now() + this.timeoutMs;
    for (;;) {
      const connection = await this.link.connection(Math.max(0, until - performance.now()));
      let begun = false;
      try {
        for await (const recorded of eventsIn(readResponses(connection.read(request), this.timeoutMs, signal))) {
          begun = true;
          yield recorded;
        }
        return;
      } catch (error) {
        this.link.callFailed(connection, error);
        if (begun || performance.now() >= until) throw error;
        if (!this.mayRepeat(error, signal)) throw error;
      }
      await pause(REPEAT_AFTER_MS);
    }
  }

  private mayRepeat(error: unknown, signal: AbortSignal | undefined) {
    if (error instanceof NoSuchStream) return false;
    return this.leader.isCluster && isTransient(error) && signal?.aborted !== true;
  }

  /** Position of the last event that the read brings; `START` when there is none. */
  async newestPosition(request: Buffer, signal?: AbortSignal): Promise<Position> {
    let newest = START;
    for await (const { position } of this.events(request, signal)) newest = position;
    return newest;
  }
}

/** @throws NoSuchStream */
async function* eventsIn(frames: AsyncIterable<ReadResponse>): AsyncIterable<Recorded> {
  for await (const frame of frames) {
    if (frame.kind === 'event') yield frame.recorded;
    else if (frame.kind === 'notFound') throw new NoSuchStream();
  }
}

/** Position of the newest event that this node has; `START` when there is none. */
export const newestPositionAt = async (connection: Connection, timeoutMs: number): Promise<Position> =>
  positionReadAt(connection, readNewestOfAll, timeoutMs);

/** Position of the event that a read of one event brings; `START` when there is none. */
export const positionReadAt = async (connection: Connection, request: Buffer, timeoutMs: number): Promise<Position> => {
  let position = START;
  for await (const frame of readResponses(connection.read(request), timeoutMs))
    if (frame.kind === 'event') ({ position } = frame.recorded);
  return position;
};
