import { type FastifyInstance } from 'fastify';
import { type EntityManager } from 'typeorm';
import { type AdapterContext, type ChannelAdapter } from '../adapter.js';
import { type PublishedConsumer } from '../consuming/published-consumer.js';
import { type PublishedEvent } from '../consuming/published-event.js';
import { type MappingToPut, Mappings } from '../mapping/mappings.js';
import { mappingRoutes } from '../mapping/routes.js';
import { Courier } from '../outbox/courier.js';
import { JsonSide } from '../outbox/json-side.js';
import { Outbox } from '../outbox/outbox.js';
import { answerRoutes } from './answer-routes.js';
import { feedRoutes } from './feed-routes.js';
import { Freshness } from './freshness.js';
import { Requests, SUPPLIER } from './requests.js';
import { type DropshipperSettings, dropshipperOf } from './settings.js';
import { StockFeed } from './stock-feed.js';

const FOR_EVER = Number.MAX_SAFE_INTEGER;

/** Ours → theirs, until somebody maps them otherwise. */
const THEIR_REASONS = {
  'not-found': 'OUT_OF_STOCK',
  damaged: 'DAMAGED',
  'no-capacity': 'NO_CAPACITY',
  closed: 'CLOSED',
};

/**
 * A supplier who sends to the buyer: a location whose stock is what its feeds say, and whose work it is asked for. When it
 * does not answer in time, Kontor sources the goods anew.
 */
class Dropshipper implements ChannelAdapter, PublishedConsumer {
  readonly categories = ['fulfillment'];
  readonly consumer = this;
  private readonly mappings: Mappings;
  private readonly feed: StockFeed;
  private readonly requests: Requests;
  private readonly freshness: Freshness;

  constructor(
    private readonly context: AdapterContext,
    private readonly settings: DropshipperSettings,
    since: Date,
  ) {
    const { location } = settings;
    this.mappings = new Mappings(context.db, context.name);
    const { mappings } = this;
    this.feed = new StockFeed(context, location, mappings);
    this.requests = new Requests({ context, location, mappings, side: new JsonSide(settings) });
    this.freshness = new Freshness({ context, settings, feed: this.feed, mappings, since });
  }

  get name() {
    return this.context.name;
  }

  handle(event: PublishedEvent, tx: EntityManager): Promise<void> {
    return this.requests.handle(event, tx);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { db, name: adapter, clock, log } = this.context;
    const limits = { attempts: this.settings.attempts, perSecond: 20, concurrency: 4, disableAfterMs: FOR_EVER };
    const send = this.requests.send.bind(this.requests);
    const courier = new Courier({ db, to: { adapter, endpoint: SUPPLIER }, send, ...limits, clock, log });
    await Promise.all([courier.run(signal), this.freshness.watch(signal)]);
  }

  routes(app: FastifyInstance): void {
    const { context, mappings, feed, requests } = this;
    mappingRoutes(app, { mappings, kinds: ['sku', 'carrier', 'reason'], wrong });
    answerRoutes(app, { context, location: this.settings.location, mappings, requests });
    app.register((scoped, _, done) => {
      feedRoutes(scoped, feed, context);
      done();
    });
  }

  troubles(): readonly string[] {
    const hours = Math.floor(this.freshness.ageMs / 3_600_000);
    const { location } = this.settings;
    return this.freshness.isStale ? [`the stock feed of ${location} is ${hours} h old`] : [];
  }

  measures(): Promise<Readonly<Record<string, number>>> {
    const { ageMs, isStale } = this.freshness;
    return Promise.resolve({
      feed_age_seconds: ageMs / 1_000,
      feed_stale: isStale ? 1 : 0,
      feeds_refused: this.feed.refused,
    });
  }
}

const wrong = (_kind: string, { data = {} }: MappingToPut): string | undefined =>
  Object.keys(data).length > 0 ? 'it has no "data"' : undefined;

/** @throws Error that names what is wrong in the settings */
export const openDropshipper = async (settings: unknown, context: AdapterContext): Promise<ChannelAdapter> => {
  const checked = dropshipperOf(context.name, settings);
  const to = { adapter: context.name, endpoint: SUPPLIER };
  const since = await new Outbox(context.db).register([to], context.clock.now());
  await new Mappings(context.db, context.name).seed('reason', THEIR_REASONS);
  return new Dropshipper(context, checked, since.get(`${to.adapter}/${to.endpoint}`) ?? new Date(context.clock.now()));
};
