import {
  EventStore,
  START,
  StreamMissing,
  StreamTombstoned,
  type Appended,
  type Batch,
  type NewEvent,
  type Position,
  type Recorded,
  type Retention,
  type Retentions,
  type SubscribeOptions,
} from '#event-store';
import { Appender } from './appender.js';
import { Leader } from './leader.js';
import { Link } from './link.js';
import { Newest } from './newest.js';
import { probe, type Server } from './probe.js';
import { allFrom, firstFrom, streamFrom } from './read-request.js';
import { NoSuchStream, Reader } from './reader.js';
import { readRetention } from './retentions.js';
import { settingsOf, type Settings } from './settings.js';
import { SharedReading } from './shared-reading.js';
import { exceptionOf, unavailable } from './store-unavailable.js';
import { Subscriptions } from './subscriptions.js';

export interface EsdbOptions {
  /** After this an append without an answer is `unknown`, and a read without progress fails. Default 5 s. */
  readonly timeoutMs?: number;
  /** After this a silent subscription is asked for again. Default 15 s. */
  readonly silenceMs?: number;
  /** For so long a subscription that does not come up is tried again before its consumer hears of it. Default 10 s. */
  readonly resubscribeForMs?: number;
}

/** A server gives up a live subscription whose events it cannot hand over: as many bytes of them may be on the way. */
const WINDOW_BYTES = 16 * 1024 * 1024;
/** A check of health must be answered within 2 s. */
const HEALTHY_MS = 1_500;
const LEADER_MS = 3_000;

/** The log in EventStoreDB. One for a process. */
export class EsdbEventStore extends EventStore {
  private readonly leader: Leader;
  private readonly reads: Link;
  /** Of their own: what is written and read must not wait for what is sent to them. */
  private readonly subscriptions: Link;
  private readonly appends: Link;
  private readonly appender: Appender;
  private readonly reader: Reader;
  private readonly newest: Newest;
  private readonly closing = new AbortController();
  private readonly subscribers: Subscriptions;
  private readonly shared = new SharedReading((after, options) => this.subscribers.batches(after, options));

  private constructor(
    private readonly settings: Settings,
    { timeoutMs: appendTimeoutMs, ...patience }: Required<EsdbOptions>,
  ) {
    super();
    this.leader = new Leader(settings, () => this.reset());
    this.reads = new Link(settings, this.leader);
    this.appends = new Link(settings, this.leader);
    this.subscriptions = new Link(settings, this.leader, { 'grpc-node.flow_control_window': WINDOW_BYTES });
    this.subscribers = new Subscriptions(this.subscriptions, { timeoutMs: appendTimeoutMs, ...patience });
    this.appender = new Appender(this.appends, appendTimeoutMs);
    this.reader = new Reader(this.reads, this.leader, appendTimeoutMs);
    this.newest = new Newest(this.reader);
  }

  /**
   * Connects at the first use, and again after every failure.
   * @param url a connection string, for example `esdb://127.0.0.1:2113?tls=false`
   * @throws StoreUnavailable when that is none
   */
  static connect(
    url: string,
    { timeoutMs: appendTimeoutMs = 5000, silenceMs = 15_000, resubscribeForMs: patienceMs = 10_000 }: EsdbOptions = {},
  ): EsdbEventStore {
    return new EsdbEventStore(settingsOf(url), { timeoutMs: appendTimeoutMs, silenceMs, resubscribeForMs: patienceMs });
  }

  /**
   * Asks whether Kontor can work here, and with which server it does: once, when a process starts.
   * @throws StoreUnavailable with one sentence that says what is wrong, and what mends it
   */
  async probe(): Promise<Server> {
    const { nodes, isCluster } = this.settings;
    // A cluster that does not say who leads may refuse whoever asks: then its first node tells why.
    const named = nodes[0] ?? '';
    const [node, noLeader] = isCluster ? await this.leaderOr(named) : [named, undefined];
    const server = await probe(node, this.settings);
    if (noLeader) throw noLeader;
    return server;
  }

  /** Whether events can be read and written now. @throws StoreUnavailable within 2 s, with the reason */
  async check(): Promise<void> {
    const reader = new Reader(this.reads, this.leader, HEALTHY_MS);
    const read = new Newest(reader).ofAll().catch((error: unknown) => {
      throw unavailable(error, this.leader.nodes.join(', '), this.settings);
    });
    await Promise.all([this.leader.check(), read]);
  }

  /** How many subscriptions have ended that were opened again below their consumers. */
  get resubscriptions(): number {
    return this.subscribers.drops;
  }

  override append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<Appended> {
    return this.appender.append(stream, expectedRevision, events);
  }

  override async *read(stream: string, from = 0): AsyncIterable<Recorded> {
    try {
      yield* this.reader.events(streamFrom(stream, from));
    } catch (error) {
      if (exceptionOf(error) === 'stream-deleted') throw new StreamTombstoned(stream);
      if (!(error instanceof NoSuchStream)) throw error;
      if (from > 0) throw new StreamMissing(stream);
    }
  }

  override retentionOf(stream: string): Promise<Retention | undefined> {
    return readRetention(this.reader, stream);
  }

  override retentions(signal: AbortSignal): AsyncIterable<Retentions> {
    return this.subscribers.retentions(AbortSignal.any([signal, this.closing.signal]));
  }

  override subscribe(after: Position, options: SubscribeOptions): AsyncIterable<Batch> {
    return this.shared.batches(after, { ...options, signal: AbortSignal.any([options.signal, this.closing.signal]) });
  }

  override head(categories?: readonly string[]): Promise<Position> {
    return categories ? this.newest.of(categories) : this.newest.ofAll();
  }

  override async *readAll(after: Position, categories: readonly string[]): AsyncIterable<Recorded> {
    for await (const recorded of this.reader.events(allFrom(after, categories)))
      if (recorded.position > after) yield recorded;
  }

  override async contains(position: Position): Promise<boolean> {
    if (position === START) return true;
    try {
      return (await this.reader.newest(firstFrom(position))) === position;
    } catch (error) {
      if (isNoPosition(error)) return false;
      throw error;
    }
  }

  override async close() {
    this.closing.abort();
    this.leader.close();
    for (const link of [this.appends, this.reads, this.subscriptions]) link.close();
    await Promise.resolve();
  }

  private async leaderOr(named: string): Promise<[node: string, noLeader: Error | undefined]> {
    try {
      return [await this.leader.current(LEADER_MS), undefined];
    } catch (error) {
      return [named, error as Error];
    }
  }

  private reset() {
    for (const link of [this.appends, this.reads, this.subscriptions]) link.reset();
  }
}

/** What servers say where a reading begins between two events, and some of them beyond the end. */
const isNoPosition = (error: unknown) =>
  /Unexpected ReadAllResult: Error|invalid position/.test(String((error as Partial<Error>).message));
