import { setImmediate as nextTurn, setTimeout as after } from 'node:timers/promises';
import { CAUGHT_UP, confirmation } from './answer-frames.js';
import { handlerFailed, streamDeleted } from './errors.js';
import { TOMBSTONE_REVISION } from './event-frames.js';
import { type CommittedEvent } from './log.js';
import { neverAnswer, type ReadContext } from './read-context.js';
import { type StreamReadOptions } from './read-options.js';
import { type StreamSubscriber } from './recent-commits.js';
import { firstVisible } from './stream-metadata.js';
import { Subscription } from './subscription.js';
import { visible } from './visibility.js';

/** There is no revision after it. */
const MAX_REVISION = 2 ** 63;

/** Interval in which EventStoreDB checks whether a missing stream exists. */
const MISSING_STREAM_MS = 50;

export async function subscribeToStream(context: ReadContext, options: StreamReadOptions): Promise<void> {
  const { from, stream } = options;
  const head = context.log.heads.get(stream);
  if (from === 'end') {
    new StreamSubscription(context, stream, head.last).startLive();
    return;
  }
  if (from !== 'start' && from >= MAX_REVISION) throw handlerFailed();
  if (context.log.heads.isGone(head)) throw streamDeleted(stream);
  await new StreamSubscription(context, stream, from === 'start' ? -1 : from).start();
}

/** A subscription to one stream; its cursor is a revision. */
class StreamSubscription extends Subscription implements StreamSubscriber {
  constructor(
    context: ReadContext,
    private readonly stream: string,
    cursor: number,
  ) {
    super(context, cursor);
  }

  startLive(): void {
    this.context.call.send(confirmation());
    this.#join();
    this.goLive(CAUGHT_UP);
  }

  async start(): Promise<void> {
    this.context.call.send(confirmation());
    if (this.context.options.ids === undefined) await neverAnswer();
    this.#join();
    await this.#waitForStream();
    await this.catchUp();
  }

  #join(): void {
    const { call, recentCommits } = this.context;
    call.whenClosed(recentCommits.joinStream(this.stream, this));
  }

  /** Waits for a stream that has no events or was deleted. */
  async #waitForStream(): Promise<void> {
    const { call, log } = this.context;
    while (!call.closed) {
      const head = log.heads.get(this.stream);
      if (log.heads.isGone(head)) throw streamDeleted(this.stream);
      if (head.last >= 0 && !head.softDeleted) return;
      await after(MISSING_STREAM_MS);
    }
  }

  onEvents(events: readonly CommittedEvent[]): void {
    if (!this.isLive) return;
    const news = events.filter(({ revision }) => revision > this.cursor);
    const hasRoom = this.buffer.add(this.messagesFor(news, ({ revision }) => revision));
    const last = news.at(-1)?.revision ?? this.cursor;
    this.cursor = last;
    if (!hasRoom) this.overflow();
    else if (last === TOMBSTONE_REVISION && news.length > 0) this.#end();
  }

  #end(): void {
    this.isLive = false;
    this.buffer.sendLast();
    this.context.call.finish(streamDeleted(this.stream));
  }

  protected override async catchUp(): Promise<void> {
    const { call } = this.context;
    do {
      while (!call.closed && !this.#deliverPage()) await (call.blocked ? call.drained() : nextTurn());
      await call.emptied();
    } while (!call.closed && !this.#deliverPage());
    this.goLive(CAUGHT_UP);
  }

  /** @returns whether there was no page left */
  #deliverPage(): boolean {
    const { log, call } = this.context;
    const head = log.heads.get(this.stream);
    if (log.heads.isGone(head)) throw streamDeleted(this.stream);
    if (this.cursor >= head.last) return true;
    if (head.softDeleted) {
      this.cursor = head.last;
      return true;
    }
    const first = firstVisible(head.metadata, head.last);
    const page = log.storage.streamForwards(head.id, Math.max(this.cursor + 1, first));
    const { rows } = visible(page, first, head);
    if (rows.length > 0) call.send(Buffer.concat(rows.map(this.encode)));
    this.cursor = Math.max(this.cursor, page.rows.at(-1)?.revision ?? head.last);
    return false;
  }
}
