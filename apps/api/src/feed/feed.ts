import { once } from 'node:events';
import { type ServerResponse } from 'node:http';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { KeyWatch, type Principal } from '#access';
import { asSeenBy, FeedVisibility, published, type Published } from '#registry';
import { EventStore, type Position, StreamNotReadable, type Recorded } from '#event-store';
import { parkedStreams, PositionWaiter, Registry } from '#projections';
import { Problem } from '../http/problem.js';

const HEARTBEAT_MS = 15_000;
/** A client that reads nothing for this long is disconnected; it can resume after its last event. */
const DRAIN_TIMEOUT_MS = 10_000;
const MAX_FEEDS = 200;
const MAX_FEEDS_OF_KEY = 20;

interface FeedRequest {
  readonly after: Position;
  readonly categories: readonly string[];
  readonly principal: Principal;
  readonly place: FeedPlace;
}

/** One of the feeds that may be open at a time. */
export interface FeedPlace {
  readonly keyId: string;
  readonly end: AbortController;
}

/** Stream → its first unreadable revision. Neither that event nor later ones of the stream are sent. */
type Parked = Map<string, number>;

/** The log as server-sent events. */
@Injectable()
export class Feed implements BeforeApplicationShutdown {
  private readonly logger = new Logger('feed');
  @Inject() private readonly keyWatch!: KeyWatch;
  private readonly taken = new Set<FeedPlace>();
  private readonly visibility: FeedVisibility;

  constructor(
    private readonly store: EventStore,
    private readonly registry: Registry,
    database: DataSource,
    positions: PositionWaiter,
  ) {
    this.visibility = new FeedVisibility(database, positions);
  }

  /** Takes a place, which {@link send} gives back. @throws Problem if all places, or those of the key, are taken */
  takePlace({ keyId }: Principal): FeedPlace {
    if (this.taken.size >= MAX_FEEDS) throw new Problem('unavailable', 'There are too many open feeds.');
    if ([...this.taken].filter((place) => place.keyId === keyId).length >= MAX_FEEDS_OF_KEY) {
      throw new Problem('too-many-requests', `A key has at most ${MAX_FEEDS_OF_KEY} open feeds: close one first.`);
    }
    const place = { keyId, end: new AbortController() };
    this.taken.add(place);
    return place;
  }

  /** Sends events until the client disconnects or reads too slowly, or its key or the subscription ends. */
  async send(request: FeedRequest, response: ServerResponse): Promise<void> {
    const { place } = request;
    const key = this.keyWatch.watch(place.keyId);
    response.once('close', () => place.end.abort());
    if (response.destroyed) place.end.abort();
    const signal = AbortSignal.any([place.end.signal, key.signal]);
    const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
    try {
      const { after, categories } = request;
      const parked = await this.parked();
      for await (const batch of this.store.subscribe(after, { categories, signal })) {
        const text = await this.textOf(batch.events, request.principal, parked);
        if (batch.events.length === 0 && text === '') continue;
        await this.write(response, `${text}id: ${String(batch.position)}\n\n`, signal);
      }
    } catch (error) {
      if (!signal.aborted) this.logger.warn({ message: 'feed ended', reason: String(error) });
    } finally {
      clearInterval(heartbeat);
      key.release();
      this.taken.delete(place);
      response.end();
    }
  }

  beforeApplicationShutdown(): void {
    for (const { end } of this.taken) end.abort();
  }

  /** The streams that read models have parked, which an earlier feed would have found unreadable, too. */
  private async parked(): Promise<Parked> {
    const parked: Parked = new Map();
    for (const { stream, revision } of await parkedStreams(this.registry)) {
      parked.set(stream, Math.min(revision, parked.get(stream) ?? Infinity));
    }
    return parked;
  }

  private readable(recorded: Recorded, parked: Parked): Published | undefined {
    const { stream, revision } = recorded;
    if (revision >= (parked.get(stream) ?? Infinity)) return undefined;
    try {
      return published(recorded);
    } catch (error) {
      if (!(error instanceof StreamNotReadable)) throw error;
      parked.set(stream, revision);
      this.logger.warn({ message: 'stream parked: the feed does not send its later events', reason: error.message });
      return undefined;
    }
  }

  private async textOf(events: readonly Recorded[], principal: Principal, parked: Parked) {
    let text = '';
    for (const recorded of events) {
      const readable = this.readable(recorded, parked);
      if (!readable || !(await this.visibility.isVisible(recorded, principal))) continue;
      const event = asSeenBy(readable, principal);
      text += `id: ${event.position}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
    }
    return text;
  }

  private async write(response: ServerResponse, text: string, signal: AbortSignal) {
    if (response.write(text)) return;
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(DRAIN_TIMEOUT_MS)]);
    await once(response, 'drain', { signal: deadline }).catch((error: unknown) => {
      response.destroy();
      throw error;
    });
  }
}
