import { type FastifyInstance } from 'fastify';
import { type EntityManager } from 'typeorm';
import { type AdapterContext, type ChannelAdapter } from '../adapter.js';
import { type PublishedConsumer } from '../consuming/published-consumer.js';
import { type PublishedEvent } from '../consuming/published-event.js';
import { type MappingToPut, Mappings } from '../mapping/mappings.js';
import { mappingRoutes } from '../mapping/routes.js';
import { Courier, type CourierOptions } from '../outbox/courier.js';
import { JsonSide } from '../outbox/json-side.js';
import { Outbox } from '../outbox/outbox.js';
import { Turns } from '../outbox/turns.js';
import { type Notice, noticeOf } from './notices.js';
import { OfferFeed } from './offer-feed.js';
import { IMPORT, NOTICES, OrderBook } from './order-book.js';
import { OrderImport } from './order-import.js';
import { type MarketplaceSettings, marketplaceOf } from './settings.js';
import { THEIR_REASONS, THEIR_STATUSES } from './their-language.js';

const FOR_EVER = Number.MAX_SAFE_INTEGER;
const PRICE = /^\d{1,12}(\.\d{1,6})?$/;

/**
 * Sells at a marketplace: fetches its orders, answers line by line, tells what becomes of them, and what can be sold.
 * Orders are paid there; a line that either side does not want is cancelled alone.
 */
class Marketplace implements ChannelAdapter, PublishedConsumer {
  readonly categories = ['order', 'return', 'fulfillment'];
  readonly consumer = this;
  private readonly mappings: Mappings;
  private readonly side: JsonSide;
  private readonly book: OrderBook;
  private readonly import: OrderImport;
  private readonly offers: OfferFeed;

  constructor(
    private readonly context: AdapterContext,
    private readonly settings: MarketplaceSettings,
  ) {
    const { batch, perMinute } = settings;
    const turns = (limit: number) => new Turns(limit, context.clock);
    this.side = new JsonSide(settings);
    this.mappings = new Mappings(context.db, context.name);
    this.book = new OrderBook(context, this.mappings);
    const { side, mappings, book } = this;
    this.import = new OrderImport({ context, settings, side, turns: turns(perMinute.orders), mappings, book });
    this.offers = new OfferFeed({ context, side, turns: turns(perMinute.offers), batch });
  }

  get name() {
    return this.context.name;
  }

  async handle(event: PublishedEvent, tx: EntityManager): Promise<void> {
    const orderId = event.stream.startsWith('order-') ? event.stream.slice('order-'.length) : event.data['orderId'];
    const kept = typeof orderId === 'string' && (await this.book.ofOurs(orderId, tx));
    if (!kept) return;
    if (event.type === 'com.kontor.order.confirmed.v1') return this.book.answer(kept, true, tx);
    if (event.type === 'com.kontor.order.rejected.v1')
      return this.book.takeRejection(kept.theirs, soldOutIn(event), tx);
    const { ours, theirs: theirId, data: order } = kept;
    const notice = await noticeOf(event, { theirId, orderId: ours, order, named: this.book.named(tx) });
    if (!notice) return;
    await this.book.answer(kept, true, tx);
    await this.book.tell(event.id, theirId, notice, { tx, position: event.position });
  }

  async run(signal: AbortSignal): Promise<void> {
    const notices = this.courier(NOTICES, this.settings.perMinute.notices / 60, ({ messageId: key, body }, ends) => {
      const { path, body: said } = body as Notice;
      return this.side.tell(path, { body: said, key, signal: ends });
    });
    const orders = this.courier(IMPORT, 200, (delivery, ends) => this.import.send(delivery, ends));
    await Promise.all([notices.run(signal), orders.run(signal), this.import.poll(signal), this.offers.run(signal)]);
  }

  routes(app: FastifyInstance): void {
    const { mappings } = this;
    const kinds = ['sku', 'status', 'carrier', 'reason'];
    mappingRoutes(app, { mappings, kinds, wrong, onChange: () => this.offers.stir() });
    this.offers.routes(app);
  }

  troubles(): readonly string[] {
    return [this.import.trouble, this.offers.trouble].filter((trouble) => trouble !== undefined);
  }

  async measures(): Promise<Readonly<Record<string, number>>> {
    const { pending, rejected } = await this.offers.status();
    const { heardAt } = this.import;
    const silence = heardAt === undefined ? 0 : (this.context.clock.now() - heardAt) / 1_000;
    return { offers_pending: pending, offers_rejected: rejected, orders_silence_seconds: silence };
  }

  private courier(endpoint: string, perSecond: number, send: CourierOptions['send']) {
    const { db, name: adapter, clock, log } = this.context;
    const to = { adapter, endpoint };
    const { attempts } = this.settings;
    return new Courier({ db, to, send, attempts, perSecond, concurrency: 4, disableAfterMs: FOR_EVER, clock, log });
  }
}

const soldOutIn = ({ data }: PublishedEvent): ReadonlySet<string> => {
  const reasons = data['reasons'] as readonly { code: string; sku?: string }[];
  const skus = reasons.map(({ code, sku }) => (code === 'sold-out' ? sku : undefined));
  return skus.includes(undefined) ? new Set() : new Set(skus as string[]);
};

const wrong = (kind: string, { data = {} }: MappingToPut): string | undefined => {
  const { price, ...others } = data as { price?: unknown };
  if (kind !== 'sku') return Object.keys(data).length > 0 ? 'it has no "data"' : undefined;
  if (Object.keys(others).length > 0) return '"data" has a "price" only';
  const isPrice = price === undefined || (typeof price === 'string' && PRICE.test(price));
  return isPrice ? undefined : '"price" is a decimal number as text: "8.50"';
};

/** @throws Error that names what is wrong in the settings */
export const openMarketplace = async (settings: unknown, context: AdapterContext): Promise<ChannelAdapter> => {
  const marketplace = new Marketplace(context, marketplaceOf(context.name, settings));
  const refs = [IMPORT, NOTICES].map((endpoint) => ({ adapter: context.name, endpoint }));
  await new Outbox(context.db).register(refs, context.clock.now());
  const mappings = new Mappings(context.db, context.name);
  await mappings.seed('status', THEIR_STATUSES);
  await mappings.seed('reason', THEIR_REASONS);
  return marketplace;
};
