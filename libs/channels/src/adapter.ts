import { type FastifyInstance } from 'fastify';
import { type DataSource } from 'typeorm';
import { type Clock } from './clock.js';
import { type PublishedConsumer } from './consuming/published-consumer.js';
import { type KontorApi } from './kontor-api.js';
import { type Promises } from './promises/promises.js';

/** A line of the file of channels. What else is in it are the settings of its kind. */
export interface ChannelConfig {
  /** Stable: names its inbox, its outbox, its path. `[a-z0-9-]+` */
  readonly name: string;
  /** `webshop`, … */
  readonly kind: string;
  /** The channel of Kontor that it serves. */
  readonly channel: string;
}

/** What an adapter works with. */
export interface AdapterContext {
  /** Of the adapter. */
  readonly name: string;
  /** Of Kontor. */
  readonly channel: string;
  /** As the role kontor_owner. */
  readonly db: DataSource;
  /** Acts for the channel. */
  readonly api: KontorApi;
  /** Of the channel, and of others. */
  readonly promises: Promises;
  readonly clock: Clock;
  readonly log: (message: string, details?: object) => void;
}

/** Translates one other side's language both ways. Everything in it may stop at any instant and start again. */
export interface ChannelAdapter {
  /** What it reads of the published events. */
  readonly consumer?: PublishedConsumer;
  /** What it does by itself: sends, polls. Ends when `signal` aborts; never rejects. */
  run?(signal: AbortSignal): Promise<void>;
  /**
   * Its HTTP interface, at `/v1/<name>`. Whoever calls needs an API key of its channel, or of staff, with the scope of
   * the route's `config`; a route without a scope answers 403, one with `open: true` must check for itself who calls.
   */
  routes?(app: FastifyInstance): void;
  /** What is wrong now, for people and for `/health/ready`. */
  troubles?(): readonly string[];
  /** Figures of its own, for `/metrics`. */
  measures?(): Promise<Readonly<Record<string, number>>>;
}

/** Opens an adapter of one kind. @throws Error that names what is wrong in the settings */
export type AdapterKind = (settings: unknown, context: AdapterContext) => ChannelAdapter | Promise<ChannelAdapter>;

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly scope?: string;
    readonly open?: boolean;
  }
}
