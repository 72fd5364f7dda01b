import { type FastifyInstance } from 'fastify';
import { type EntityManager } from 'typeorm';
import { type AdapterContext, type ChannelAdapter } from '../adapter.js';
import { DeliveryWorker, type DeliveryWorkerOptions } from '../delivery/delivery-worker.js';
import { Outbox } from '../delivery/outbox.js';
import { PartnerClient } from '../delivery/partner-client.js';
import { RateLimitedCaller } from '../delivery/rate-limited-caller.js';
import { type PublishedEventConsumer } from '../inbox/published-event-consumer.js';
import { type PublishedEvent } from '../inbox/published-event.js';
import { mappingRoutes } from '../mapping/mapping-routes.js';
import { type MappingInput, Mappings } from '../mapping/mappings.js';
import { IMPORT_ENDPOINT, ImportedOrders, NOTICES_ENDPOINT } from './imported-orders.js';
import { DEFAULT_REASON_NAMES, DEFAULT_STATUS_NAMES } from './marketplace-api.js';
import { OfferFeed } from './offer-feed.js';
import { OrderImport } from './order-import.js';
import { noticeOf, type OrderNotice } from './order-notices.js';
import { type MarketplaceSettings, marketplaceSettingsOf } from './settings.js';

const NEVER_DISABLED_MS = Number.MAX_SAFE_INTEGER;
/** Commands to Kontor, which limits them itself. */
const IMPORT_TASKS_PER_SECOND = 200;
const DELIVERIES_AT_ONCE = 4;
const PRICE = /^\d{1,12}(\.\d{1,6})?$/;

/**
 * Sells at a marketplace: fetches its orders and answers them line by line, sends notices of what becomes of them, and
 * offers what can be sold. Buyers pay at the marketplace. A line that either side does not want is cancelled alone.
 */
class Marketplace implements ChannelAdapter, PublishedEventConsumer {
  readonly categories = ['order', 'return', 'fulfillment'];
  readonly consumer = this;
  private readonly mappings: Mappings;
  private readonly client: PartnerClient;
  private readonly orders: ImportedOrders;
  private readonly orderImport: OrderImport;
  private readonly offers: OfferFeed;

  constructor(
    private readonly context: AdapterContext,
    private readonly settings: MarketplaceSettings,
  ) {
    const { batch, perMinute } = settings;
    const callerFor = (limit: number) => new RateLimitedCaller(limit, context.clock);
    const client = new PartnerClient(settings);
    const mappings = new Mappings(context.db, context.name);
    const orders = new ImportedOrders(context, mappings);
    const caller = callerFor(perMinute.orders);
    this.client = client;
    this.mappings = mappings;
    this.orders = orders;
    this.orderImport = new OrderImport({ context, settings, client, caller, mappings, orders });
    this.offers = new OfferFeed({ context, client, caller: callerFor(perMinute.offers), batchSize: batch });
  }

  get name() {
    return this.context.name;
  }

  async handle(event: PublishedEvent, tx: EntityManager): Promise<void> {
    const orderId = event.stream.startsWith('order-') ? event.stream.slice('order-'.length) : event.data['orderId'];
    const stored = typeof orderId === 'string' && (await this.orders.findByOrderId(orderId, tx));
    if (!stored) return;
    if (event.type === 'com.kontor.order.confirmed.v1') return this.orders.addAnswer(stored, true, tx);
    if (event.type === 'com.kontor.order.rejected.v1')
      return this.orders.recordRejection(stored.theirs, soldOutSkusIn(event), tx);
    const { ours, theirs, data: order } = stored;
    const subject = { marketplaceOrderId: theirs, orderId: ours, order, translate: this.orders.translator(tx) };
    const notice = await noticeOf(event, subject);
    if (!notice) return;
    await this.orders.addAnswer(stored, true, tx); // topics are read side by side: it may come before the confirmation
    await this.orders.addNotice(event.id, theirs, notice, { tx, position: event.position });
  }

  async run(signal: AbortSignal): Promise<void> {
    const noticesPerSecond = this.settings.perMinute.notices / 60;
    const notices = this.deliveryWorker(NOTICES_ENDPOINT, noticesPerSecond, ({ messageId, body }, deliverySignal) => {
      const notice = body as OrderNotice;
      return this.client.deliver(notice.path, { body: notice.body, key: messageId, signal: deliverySignal });
    });
    const importTasks = this.deliveryWorker(IMPORT_ENDPOINT, IMPORT_TASKS_PER_SECOND, (delivery, deliverySignal) =>
      this.orderImport.send(delivery, deliverySignal),
    );
    await Promise.all([
      notices.run(signal),
      importTasks.run(signal),
      this.orderImport.poll(signal),
      this.offers.run(signal),
    ]);
  }

  routes(app: FastifyInstance): void {
    const { mappings } = this;
    const kinds = ['sku', 'status', 'carrier', 'reason'];
    mappingRoutes(app, { mappings, kinds, checkData, onChange: () => this.offers.hintChange() });
    this.offers.routes(app);
  }

  healthIssues(): readonly string[] {
    return [this.orderImport.healthIssue, this.offers.healthIssue].filter((issue) => issue !== undefined);
  }

  async metrics(): Promise<Readonly<Record<string, number>>> {
    const { pending, rejected } = await this.offers.status();
    const { lastAnswerAt, unreadable } = this.orderImport;
    const silence = lastAnswerAt === undefined ? 0 : (this.context.clock.now() - lastAnswerAt) / 1_000;
    return {
      offers_pending: pending,
      offers_rejected: rejected,
      orders_silence_seconds: silence,
      orders_unreadable: unreadable,
    };
  }

  private deliveryWorker(endpoint: string, perSecond: number, send: DeliveryWorkerOptions['send']) {
    const { db, name: adapter, clock, log } = this.context;
    return new DeliveryWorker({
      db,
      endpoint: { adapter, endpoint },
      send,
      maxAttempts: this.settings.attempts,
      perSecond,
      concurrency: DELIVERIES_AT_ONCE,
      disableAfterMs: NEVER_DISABLED_MS,
      clock,
      log,
    });
  }
}

/** @returns no SKU at all where the order was rejected for any other reason as well */
const soldOutSkusIn = ({ data }: PublishedEvent): ReadonlySet<string> => {
  const reasons = data['reasons'] as readonly { code: string; sku?: string }[];
  const skus = reasons.flatMap(({ code, sku }) => (code === 'sold-out' && sku !== undefined ? [sku] : []));
  return new Set(skus.length === reasons.length ? skus : []);
};

/** The `data` of a SKU may have a price as decimal text; other kinds have no `data`. */
const checkData = (kind: string, { data = {} }: MappingInput): string | undefined => {
  const { price, ...others } = data as { price?: unknown };
  if (kind !== 'sku') return Object.keys(data).length > 0 ? `a ${kind} has no "data"` : undefined;
  if (Object.keys(others).length > 0) return '"data" may have a "price" only';
  const isPrice = price === undefined || (typeof price === 'string' && PRICE.test(price));
  return isPrice ? undefined : '"price" must be a decimal number as text, such as "8.50"';
};

/** @throws Error that names the setting that is wrong */
export const openMarketplace = async (settings: unknown, context: AdapterContext): Promise<ChannelAdapter> => {
  const marketplace = new Marketplace(context, marketplaceSettingsOf(context.name, settings));
  const refs = [IMPORT_ENDPOINT, NOTICES_ENDPOINT].map((endpoint) => ({ adapter: context.name, endpoint }));
  await new Outbox(context.db).register(refs, context.clock.now());
  const mappings = new Mappings(context.db, context.name);
  await mappings.addDefaults('status', DEFAULT_STATUS_NAMES);
  await mappings.addDefaults('reason', DEFAULT_REASON_NAMES);
  return marketplace;
};
