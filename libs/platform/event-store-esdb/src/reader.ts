import { setTimeout as pause } from 'node:timers/promises';
import { type Position, type Recorded, START } from '#event-store';
import { type Connection } from './connection.js';
import { type Frame } from './frames.js';
import { framesOf } from './frames-of.js';
import { type Leader } from './leader.js';
import { type Link } from './link.js';
import { newestOfAll } from './read-request.js';
import { isTransient } from './store-unavailable.js';

const REPEAT_MS = 20;

/** The server knows no such stream, or no longer. */
export class NoSuchStream extends Error {}

/** Reads from the node that leads; what has failed before it has brought anything is read again where another one leads. */
export class Reader {
  constructor(
    private readonly link: Link,
    private readonly leader: Leader,
    private readonly timeoutMs: number,
  ) {}

  /** @param request a `ReadReq` that comes to an end @throws NoSuchStream, ServiceError */
  async *events(request: Buffer, signal?: AbortSignal): AsyncIterable<Recorded> {
    const until = performance.now() + this.timeoutMs;
    for (;;) {
      const connection = await this.link.connection(Math.max(0, until - performance.now()));
      let begun = false;
      try {
        for await (const recorded of eventsIn(framesOf(connection.read(request), this.timeoutMs, signal))) {
          begun = true;
          yield recorded;
        }
        return;
      } catch (error) {
        this.link.failed(connection, error);
        if (begun || performance.now() >= until) throw error;
        if (!this.mayRepeat(error, signal)) throw error;
      }
      await pause(REPEAT_MS);
    }
  }

  private mayRepeat(error: unknown, signal: AbortSignal | undefined) {
    if (error instanceof NoSuchStream) return false;
    return this.leader.isCluster && isTransient(error) && signal?.aborted !== true;
  }

  /** Position of the newest event that it brings; `START` when there is none. */
  async newest(request: Buffer, signal?: AbortSignal): Promise<Position> {
    let newest = START;
    for await (const { position } of this.events(request, signal)) newest = position;
    return newest;
  }
}

/** @throws NoSuchStream */
async function* eventsIn(frames: AsyncIterable<Frame>): AsyncIterable<Recorded> {
  for await (const frame of frames) {
    if (frame.kind === 'event') yield frame.recorded;
    else if (frame.kind === 'notFound') throw new NoSuchStream();
  }
}

/** Position of the newest event of all, as this node knows it; `START` when there is none. */
export const endOf = async (connection: Connection, timeoutMs: number): Promise<Position> =>
  positionIn(connection, newestOfAll, timeoutMs);

/** Position of the one event that is read; `START` when there is none. */
export const positionIn = async (connection: Connection, request: Buffer, timeoutMs: number): Promise<Position> => {
  let position = START;
  for await (const frame of framesOf(connection.read(request), timeoutMs))
    if (frame.kind === 'event') ({ position } = frame.recorded);
  return position;
};
