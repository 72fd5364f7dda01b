import { type FastifyInstance } from 'fastify';
import { type EntityManager } from 'typeorm';
import { type AdapterContext, type ChannelAdapter } from '../adapter.js';
import { DeliveryWorker } from '../delivery/delivery-worker.js';
import { Outbox } from '../delivery/outbox.js';
import { PartnerClient } from '../delivery/partner-client.js';
import { type PublishedEventConsumer } from '../inbox/published-event-consumer.js';
import { type PublishedEvent } from '../inbox/published-event.js';
import { mappingRoutes } from '../mapping/mapping-routes.js';
import { type MappingInput, Mappings } from '../mapping/mappings.js';
import { answerRoutes } from './answer-routes.js';
import { FeedFreshness } from './feed-freshness.js';
import { type DropshipperSettings, dropshipperSettingsOf } from './settings.js';
import { stockFeedRoutes } from './stock-feed-routes.js';
import { StockFeed } from './stock-feed.js';
import { SUPPLIER_ENDPOINT, SupplierRequests } from './supplier-requests.js';

const NEVER_DISABLED_MS = Number.MAX_SAFE_INTEGER;
const MESSAGES_PER_SECOND = 20;
const DELIVERIES_AT_ONCE = 4;

/** Kontor's name → the supplier's, until staff map them otherwise. */
const DEFAULT_REASON_NAMES = {
  'not-found': 'OUT_OF_STOCK',
  damaged: 'DAMAGED',
  'no-capacity': 'NO_CAPACITY',
  closed: 'CLOSED',
};

/**
 * A supplier who sends goods to the buyer directly. It is a location of Kontor: its stock feeds set the stock of the
 * location, and fulfillments of the location are requested from it. When it does not accept in time, Kontor sources the
 * goods from elsewhere.
 */
class Dropshipper implements ChannelAdapter, PublishedEventConsumer {
  readonly categories = ['fulfillment'];
  readonly consumer = this;
  private readonly mappings: Mappings;
  private readonly feed: StockFeed;
  private readonly requests: SupplierRequests;
  private readonly freshness: FeedFreshness;

  /** @param since when the adapter was first configured */
  constructor(
    private readonly context: AdapterContext,
    private readonly settings: DropshipperSettings,
    since: Date,
  ) {
    const { location } = settings;
    const mappings = new Mappings(context.db, context.name);
    const feed = new StockFeed({ context, location, mappings, holdAbovePercent: settings.holdAbovePercent });
    this.mappings = mappings;
    this.feed = feed;
    this.requests = new SupplierRequests({ context, location, mappings, client: new PartnerClient(settings) });
    this.freshness = new FeedFreshness({ context, settings, feed, mappings, since });
  }

  get name() {
    return this.context.name;
  }

  handle(event: PublishedEvent, tx: EntityManager): Promise<void> {
    return this.requests.handle(event, tx);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { db, name: adapter, clock, log } = this.context;
    const worker = new DeliveryWorker({
      db,
      endpoint: { adapter, endpoint: SUPPLIER_ENDPOINT },
      send: (delivery, deliverySignal) => this.requests.send(delivery, deliverySignal),
      maxAttempts: this.settings.attempts,
      perSecond: MESSAGES_PER_SECOND,
      concurrency: DELIVERIES_AT_ONCE,
      disableAfterMs: NEVER_DISABLED_MS,
      clock,
      log,
    });
    await Promise.all([worker.run(signal), this.freshness.watch(signal)]);
  }

  routes(app: FastifyInstance): void {
    const { context, mappings, feed, requests } = this;
    mappingRoutes(app, { mappings, kinds: ['sku', 'carrier', 'reason'], checkData });
    const { location } = this.settings;
    answerRoutes(app, { adapter: context.name, api: context.api, location, mappings, requests });
    // In a scope of its own, because the feed is parsed as text whatever its content type.
    app.register((scoped, _options, done) => {
      stockFeedRoutes(scoped, feed, context);
      done();
    });
  }

  healthIssues(): readonly string[] {
    const hours = Math.floor(this.freshness.ageMs / 3_600_000);
    const { location } = this.settings;
    const stale = this.freshness.isStale ? `the stock feed of ${location} is ${hours} h old` : undefined;
    return [stale, this.feed.healthIssue].filter((issue) => issue !== undefined);
  }

  metrics(): Promise<Readonly<Record<string, number>>> {
    const { ageMs, isStale } = this.freshness;
    return Promise.resolve({
      feed_age_seconds: ageMs / 1_000,
      feed_stale: isStale ? 1 : 0,
      feeds_refused: this.feed.refused,
      feed_held: this.feed.isHeld ? 1 : 0,
    });
  }
}

const checkData = (kind: string, { data = {} }: MappingInput): string | undefined =>
  Object.keys(data).length > 0 ? `a ${kind} has no "data"` : undefined;

/** @throws Error that names the setting that is wrong */
export const openDropshipper = async (settings: unknown, context: AdapterContext): Promise<ChannelAdapter> => {
  const checked = dropshipperSettingsOf(context.name, settings);
  const ref = { adapter: context.name, endpoint: SUPPLIER_ENDPOINT };
  const registeredAt = await new Outbox(context.db).register([ref], context.clock.now());
  await new Mappings(context.db, context.name).addDefaults('reason', DEFAULT_REASON_NAMES);
  const since = registeredAt.get(`${ref.adapter}/${ref.endpoint}`);
  if (!since) throw new Error(`The endpoint ${ref.adapter}/${ref.endpoint} was not registered`);
  return new Dropshipper(context, checked, since);
};
