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
import { LeaderTracker } from './leader-tracker.js';
import { LeaderConnection } from './leader-connection.js';
import { NewestEvents } from './newest-events.js';
import { probeServer, type ServerInfo } from './probe.js';
import { readAllFrom, readFirstFrom, readNewestBefore, readStreamFrom } from './read-request.js';
import { NoSuchStream, Reader } from './reader.js';
import { readRetention } from './retentions.js';
import { parseConnectionSettings, type ConnectionSettings } from './connection-settings.js';
import { SharedSubscription } from './shared-subscription.js';
import { exceptionOf, asStoreUnavailable } from './store-unavailable.js';
import { Subscriptions } from './subscriptions.js';

export interface EsdbOptions {
  /** Timeout after which an append is `unknown` and a read without progress fails. Default 5 s. */
  readonly timeoutMs?: number;
  /** A subscription is reopened after this time without any message of the server. Default 15 s. */
  readonly silenceMs?: number;
  /** How long a subscription that yields nothing is reopened before its consumer gets the error. Default 10 s. */
  readonly resubscribeForMs?: number;
}

/** Readiness must be answered within 2 s. */
const HEALTH_TIMEOUT_MS = 1_500;
const LEADER_TIMEOUT_MS = 3_000;

/** The event store in EventStoreDB. A process has one. */
export class EsdbEventStore extends EventStore {
  private readonly leader: LeaderTracker;
  private readonly readConnection: LeaderConnection;
  /** Subscriptions have a connection of their own, so that appends and reads do not wait behind their events. */
  private readonly subscriptionConnection: LeaderConnection;
  private readonly appendConnection: LeaderConnection;
  private readonly appender: Appender;
  private readonly reader: Reader;
  private readonly newestEvents: NewestEvents;
  private readonly closing = new AbortController();
  private readonly subscriptions: Subscriptions;
  private readonly sharedSubscription = new SharedSubscription((after, options) =>
    this.subscriptions.batches(after, options),
  );

  private constructor(
    private readonly settings: ConnectionSettings,
    options: Required<EsdbOptions>,
  ) {
    super();
    this.leader = new LeaderTracker(settings, () => this.reset());
    this.readConnection = new LeaderConnection(settings, this.leader);
    this.appendConnection = new LeaderConnection(settings, this.leader);
    this.subscriptionConnection = new LeaderConnection(settings, this.leader);
    this.subscriptions = new Subscriptions(this.subscriptionConnection, options);
    this.appender = new Appender(this.appendConnection, options.timeoutMs);
    this.reader = new Reader(this.readConnection, this.leader, options.timeoutMs);
    this.newestEvents = new NewestEvents(this.reader);
  }

  /**
   * Connects at the first use, and again after every failure.
   * @param url a connection string, for example `esdb://127.0.0.1:2113?tls=false`
   * @throws StoreUnavailable when it is not a connection string
   */
  static connect(
    url: string,
    { timeoutMs = 5_000, silenceMs = 15_000, resubscribeForMs = 10_000 }: EsdbOptions = {},
  ): EsdbEventStore {
    return new EsdbEventStore(parseConnectionSettings(url), { timeoutMs, silenceMs, resubscribeForMs });
  }

  /**
   * Asks the server for its version and whether Kontor can work with it. It is called once, when a process starts.
   * @throws StoreUnavailable with one sentence that says what is wrong and how to fix it
   */
  async probe(): Promise<ServerInfo> {
    const { nodes, isCluster } = this.settings;
    // Where no node names a leader, all of them may refuse this user: the first node then gives the reason.
    const first = nodes[0] ?? '';
    const [node, noLeader] = isCluster ? await this.leaderOr(first) : [first, undefined];
    const server = await probeServer(node, this.settings);
    if (noLeader) throw noLeader;
    return server;
  }

  /** Checks that events can be read and written now. @throws StoreUnavailable within 2 s, with the reason */
  async check(): Promise<void> {
    const reader = new Reader(this.readConnection, this.leader, HEALTH_TIMEOUT_MS);
    const read = new NewestEvents(reader).inLog().catch((error: unknown) => {
      throw asStoreUnavailable(error, this.leader.nodes.join(', '), this.settings);
    });
    await Promise.all([this.leader.check(), read]);
  }

  /** The number of subscriptions that were dropped and opened again, unnoticed by their consumers. */
  get resubscriptions(): number {
    return this.subscriptions.drops;
  }

  override append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<Appended> {
    return this.appender.append(stream, expectedRevision, events);
  }

  override async *read(stream: string, from = 0): AsyncIterable<Recorded> {
    try {
      yield* this.reader.events(readStreamFrom(stream, from));
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
    return this.subscriptions.retentions(AbortSignal.any([signal, this.closing.signal]));
  }

  override subscribe(after: Position, options: SubscribeOptions): AsyncIterable<Batch> {
    return this.sharedSubscription.batches(after, {
      ...options,
      signal: AbortSignal.any([options.signal, this.closing.signal]),
    });
  }

  override head(categories?: readonly string[]): Promise<Position> {
    return categories ? this.newestEvents.inCategories(categories) : this.newestEvents.inLog();
  }

  override async *readAll(after: Position, categories: readonly string[]): AsyncIterable<Recorded> {
    for await (const recorded of this.reader.events(readAllFrom(after, categories)))
      if (recorded.position > after) yield recorded;
  }

  override async contains(position: Position): Promise<boolean> {
    if (position === START) return true;
    try {
      return (await this.reader.newestPosition(readFirstFrom(position))) === position;
    } catch (error) {
      if (isNoPosition(error)) return false;
      throw error;
    }
  }

  override newestBefore(position: Position): Promise<Position> {
    return this.reader.newestPosition(readNewestBefore(position));
  }

  override async close() {
    this.closing.abort();
    this.leader.close();
    for (const connection of this.connections) connection.close();
    await Promise.resolve();
  }

  private get connections() {
    return [this.appendConnection, this.readConnection, this.subscriptionConnection];
  }

  private async leaderOr(node: string): Promise<[node: string, noLeader: Error | undefined]> {
    try {
      return [await this.leader.current(LEADER_TIMEOUT_MS), undefined];
    } catch (error) {
      return [node, error as Error];
    }
  }

  private reset() {
    for (const connection of this.connections) connection.reset();
  }
}

/** The errors of servers for a read that starts between two events; some of them also beyond the end. */
const isNoPosition = (error: unknown) =>
  /Unexpected ReadAllResult: Error|invalid position/.test(String((error as Partial<Error>).message));
