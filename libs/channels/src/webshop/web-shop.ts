import { type FastifyInstance } from 'fastify';
import { type EntityManager } from 'typeorm';
import { type AdapterContext, type ChannelAdapter } from '../adapter.js';
import { type PublishedConsumer } from '../consuming/published-consumer.js';
import { type PublishedEvent } from '../consuming/published-event.js';
import { Courier } from '../outbox/courier.js';
import { addMessages, type Message, Outbox } from '../outbox/outbox.js';
import { type Promised } from '../promises/keep-promises.js';
import { availabilityRoutes } from '../promises/routes.js';
import { OwnOrders } from './own-orders.js';
import { post } from './post.js';
import { type EndpointSettings, endpointsOf, wants } from './settings.js';

export const AVAILABILITY_TYPE = 'com.kontor.availability.changed.v1';
const DAY_MS = 86_400_000;

/** Tells a web shop by webhooks what becomes of its orders and what it can promise; its orders come in by the API. */
class WebShop implements ChannelAdapter, PublishedConsumer {
  readonly categories = ['order', 'return', 'fulfillment'];
  readonly consumer = this;
  private readonly orders: OwnOrders;

  constructor(
    private readonly context: AdapterContext,
    private readonly endpoints: readonly EndpointSettings[],
    private readonly since: ReadonlyMap<string, Date>,
  ) {
    this.orders = new OwnOrders(context);
    context.promises.onChange(context.channel, (changes, tx) => this.tellPromises(changes, tx));
  }

  get name() {
    return this.context.name;
  }

  async handle(event: PublishedEvent, tx: EntityManager): Promise<void> {
    const orderId = await this.orders.ownOrderOf(event, tx);
    if (orderId === undefined) return;
    const { id, type, stream, revision, position, occurredAt, recordedAt, data } = event;
    const body = { type, timestamp: occurredAt, subject: stream, revision, position, data };
    await this.tell(tx, Date.parse(recordedAt), [{ messageId: id, key: `order-${orderId}`, type, body, position }]);
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.endpoints.map((endpoint) => this.courierTo(endpoint).run(signal)));
  }

  routes(app: FastifyInstance): void {
    availabilityRoutes(app, this.context);
  }

  private async tellPromises(changes: readonly Promised[], tx: EntityManager) {
    const timestamp = new Date(this.context.clock.now()).toISOString();
    const messages = changes.map((data) => ({
      messageId: `availability_${data.channel.replaceAll('.', '_')}_${data.sequence}`,
      key: `sku-${data.sku}`,
      type: AVAILABILITY_TYPE,
      body: { type: AVAILABILITY_TYPE, timestamp, data },
      position: data.position,
    }));
    await this.tell(tx, this.context.clock.now(), messages);
  }

  /** What was recorded before an endpoint was made known is no news to it. */
  private async tell(tx: EntityManager, at: number, told: readonly Omit<Message, 'adapter' | 'endpoint'>[]) {
    const { name: adapter, clock } = this.context;
    const messages = this.endpoints.flatMap((endpoint) => {
      if (at < (this.since.get(`${adapter}/${endpoint.id}`)?.getTime() ?? 0)) return [];
      const wanted = told.filter(({ type }) => wants(endpoint, type));
      return wanted.map((message) => ({ ...message, adapter, endpoint: endpoint.id }));
    });
    await addMessages(tx, messages, clock.now());
  }

  private courierTo(endpoint: EndpointSettings) {
    const { db, name: adapter, clock, log } = this.context;
    const { attempts, concurrency, perSecond, disableAfterDays } = endpoint;
    return new Courier({
      db,
      to: { adapter, endpoint: endpoint.id },
      send: post(endpoint, clock),
      attempts,
      concurrency,
      perSecond,
      disableAfterMs: disableAfterDays * DAY_MS,
      clock,
      log,
    });
  }
}

/** @throws Error that names what is wrong in the settings */
export const openWebShop = async (settings: unknown, context: AdapterContext): Promise<ChannelAdapter> => {
  const endpoints = endpointsOf(context.name, settings);
  const refs = endpoints.map(({ id }) => ({ adapter: context.name, endpoint: id }));
  const since = await new Outbox(context.db).register(refs, context.clock.now());
  return new WebShop(context, endpoints, since);
};
