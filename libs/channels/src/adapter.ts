import { type FastifyInstance } from 'fastify';
import { type DataSource } from 'typeorm';
import { type ChannelAvailability } from './availability/channel-availability.js';
import { type Clock } from './clock.js';
import { type PublishedEventConsumer } from './inbox/published-event-consumer.js';
import { type KontorApi } from './kontor-api.js';

/** One entry of the channels file. All other fields of the entry are settings of its kind. */
export interface ChannelConfig {
  /** Names the adapter's inbox, its outbox and its HTTP path, so it must not change later. `[a-z0-9-]+` */
  readonly name: string;
  /** A key of {@link ADAPTER_KINDS}, such as `webshop`. */
  readonly kind: string;
  /** Id of the Kontor channel that the adapter serves. */
  readonly channel: string;
}

/** What the host gives to an adapter. */
export interface AdapterContext {
  /** Name of the adapter, from its {@link ChannelConfig}. */
  readonly name: string;
  /** Id of the Kontor channel that the adapter serves. */
  readonly channel: string;
  /** Connected as the role `kontor_owner`. */
  readonly db: DataSource;
  /** Sends commands and queries on behalf of the channel. */
  readonly api: KontorApi;
  /** What the channels of all adapters can sell. */
  readonly availability: ChannelAvailability;
  readonly clock: Clock;
  readonly log: (message: string, details?: object) => void;
}

/**
 * Translates between Kontor and one partner system, in both directions. The host may be killed at any moment and start
 * the adapter again, so an adapter keeps whatever it needs in PostgreSQL.
 */
export interface ChannelAdapter {
  /** Handles published events. */
  readonly consumer?: PublishedEventConsumer;
  /** Background work such as sending and polling. Returns when `signal` aborts; never rejects. */
  run?(signal: AbortSignal): Promise<void>;
  /**
   * Registers the adapter's HTTP routes below `/v1/<name>`. A caller needs an API key of the adapter's channel, or of
   * staff, with the scope that the `config` of the route names; a route without a scope answers 403 to everyone.
   */
  routes?(app: FastifyInstance): void;
  /** What needs the attention of an operator now, as sentences. Any entry makes `/health/ready` answer 503. */
  healthIssues?(): readonly string[];
  /** Values for `/metrics`, by the name of the measure. */
  metrics?(): Promise<Readonly<Record<string, number>>>;
}

/**
 * Creates an adapter of one kind.
 * @param settings the adapter's entry of the channels file, not checked yet
 * @throws Error that names the setting that is wrong
 */
export type AdapterFactory = (settings: unknown, context: AdapterContext) => ChannelAdapter | Promise<ChannelAdapter>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope that an API key needs for the route. */
    readonly scope?: string;
  }
}
