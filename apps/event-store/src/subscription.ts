import { consumerTooSlow, asGrpcError } from './errors.js';
import { FELL_BEHIND } from './answer-frames.js';
import { LiveBuffer, type LiveMessage } from './live-buffer.js';
import { type Encode, encoder, type ReadContext } from './read-context.js';
import { type StoredEvent } from './storage.js';

/**
 * A subscriber. During catch-up, it reads recent commits or the table at its own pace; once live, it gets events as they are
 * committed and has to keep up.
 */
export abstract class Subscription {
  protected isLive = false;
  protected readonly encode: Encode;
  protected readonly buffer: LiveBuffer;

  constructor(
    protected readonly context: ReadContext,
    /** The last handled event: its position in `$all`, or its revision in a stream. */
    protected cursor: number,
  ) {
    this.encode = encoder(context.options, context.log);
    this.buffer = new LiveBuffer(context.call);
  }

  protected abstract catchUp(): Promise<void>;

  protected goLive(frames: Buffer): void {
    this.context.call.send(frames);
    this.isLive = true;
  }

  /** @param cursorOf its place in the terms of the cursor */
  protected messagesFor<Event extends StoredEvent>(
    events: readonly Event[],
    cursorOf: (event: Event) => number,
  ): LiveMessage[] {
    let { cursor } = this;
    return events.map((event) => {
      const message = { frame: this.encode(event), cursor };
      cursor = cursorOf(event);
      return message;
    });
  }

  /** Too many messages wait for a live subscriber: 23.10 drops it, 24.2 lets it catch up. */
  protected overflow(): void {
    const { call, like } = this.context;
    this.isLive = false;
    if (like === '23.10') {
      this.buffer.sendLast();
      call.finish(consumerTooSlow());
      return;
    }
    this.cursor = this.buffer.drop() ?? this.cursor;
    call.send(FELL_BEHIND);
    this.catchUp().catch((error: unknown) => call.finish(asGrpcError(error)));
  }
}
