import { type FastifyInstance } from 'fastify';
import { type EntityManager } from 'typeorm';
import { AVAILABILITY_CHANGED_TYPE } from '#kafka-publisher';
import { type AdapterContext, type ChannelAdapter } from '../adapter.js';
import { type AvailabilityDelta } from '../availability/availability-deltas.js';
import { availabilityRoutes } from '../availability/availability-routes.js';
import { DeliveryWorker } from '../delivery/delivery-worker.js';
import { addMessages, Outbox, type OutboxMessage } from '../delivery/outbox.js';
import { type PublishedEventConsumer } from '../inbox/published-event-consumer.js';
import { type PublishedEvent } from '../inbox/published-event.js';
import { ChannelOrders } from './channel-orders.js';
import { type EndpointSettings, endpointSettingsOf, isSubscribed } from './settings.js';
import { webhookSender } from './webhook-sender.js';

const DAY_MS = 86_400_000;

/**
 * A web shop that places its orders by the API. The adapter sends it webhooks about everything that happens to those
 * orders, and about what the channel can sell.
 */
class WebShop implements ChannelAdapter, PublishedEventConsumer {
  readonly categories = ['order', 'return', 'fulfillment'];
  readonly consumer = this;
  private readonly orders: ChannelOrders;

  /** @param registeredAt `<adapter>/<endpoint>` → when the endpoint was first configured */
  constructor(
    private readonly context: AdapterContext,
    private readonly endpoints: readonly EndpointSettings[],
    private readonly registeredAt: ReadonlyMap<string, Date>,
  ) {
    this.orders = new ChannelOrders(context);
    context.availability.onChange(context.channel, (deltas, tx) => this.addAvailabilityMessages(deltas, tx));
  }

  get name() {
    return this.context.name;
  }

  async handle(event: PublishedEvent, tx: EntityManager): Promise<void> {
    const orderId = await this.orders.ownOrderOf(event, tx);
    if (orderId === undefined) return;
    const { id, type, stream, revision, position, occurredAt, recordedAt, data } = event;
    const body = { type, timestamp: occurredAt, subject: stream, revision, position, data };
    const message = { messageId: id, key: `order-${orderId}`, type, body, position };
    await this.addToEndpoints(tx, Date.parse(recordedAt), [message]);
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.endpoints.map((endpoint) => this.deliveryWorker(endpoint).run(signal)));
  }

  routes(app: FastifyInstance): void {
    availabilityRoutes(app, this.context);
  }

  private async addAvailabilityMessages(deltas: readonly AvailabilityDelta[], tx: EntityManager) {
    const type = AVAILABILITY_CHANGED_TYPE;
    const timestamp = new Date(this.context.clock.now()).toISOString();
    const messages = deltas.map((data) => ({
      messageId: `availability_${data.channel.replaceAll('.', '_')}_${data.sequence}`,
      key: `sku-${data.sku}`,
      type,
      body: { type, timestamp, data },
      position: data.position,
    }));
    await this.addToEndpoints(tx, this.context.clock.now(), messages);
  }

  /** An endpoint gets no messages about what was recorded before it was first configured. */
  private async addToEndpoints(
    tx: EntityManager,
    recordedAt: number,
    messages: readonly Omit<OutboxMessage, 'adapter' | 'endpoint'>[],
  ) {
    const { name: adapter, clock } = this.context;
    const addressed = this.endpoints.flatMap((endpoint) => {
      const registeredAt = this.registeredAt.get(`${adapter}/${endpoint.id}`);
      if (!registeredAt) throw new Error(`The endpoint ${adapter}/${endpoint.id} was not registered`);
      if (recordedAt < registeredAt.getTime()) return [];
      const subscribed = messages.filter(({ type }) => isSubscribed(endpoint, type));
      return subscribed.map((message) => ({ ...message, adapter, endpoint: endpoint.id }));
    });
    await addMessages(tx, addressed, clock.now());
  }

  private deliveryWorker(endpoint: EndpointSettings) {
    const { db, name: adapter, clock, log } = this.context;
    return new DeliveryWorker({
      db,
      endpoint: { adapter, endpoint: endpoint.id },
      send: webhookSender(endpoint, clock),
      maxAttempts: endpoint.attempts,
      concurrency: endpoint.concurrency,
      perSecond: endpoint.perSecond,
      disableAfterMs: endpoint.disableAfterDays * DAY_MS,
      clock,
      log,
    });
  }
}

/** @throws Error that names the setting that is wrong */
export const openWebShop = async (settings: unknown, context: AdapterContext): Promise<ChannelAdapter> => {
  const endpoints = endpointSettingsOf(context.name, settings);
  const refs = endpoints.map(({ id }) => ({ adapter: context.name, endpoint: id }));
  const registeredAt = await new Outbox(context.db).register(refs, context.clock.now());
  return new WebShop(context, endpoints, registeredAt);
};
