import { uuidv5 } from '#kernel';
import { type AdapterContext } from '../adapter.js';
import { type DeliveryResult } from '../delivery/delivery-worker.js';
import { type Delivery } from '../delivery/outbox.js';
import { errorText, isUnavailable, type PartnerClient, type PartnerResponse } from '../delivery/partner-client.js';
import { type RateLimitedCaller } from '../delivery/rate-limited-caller.js';
import { type ApiResponse } from '../kontor-api.js';
import { type Mappings } from '../mapping/mappings.js';
import { TransientError } from '../transient-error.js';
import { type ImportedOrders, type ImportTask, type StoredOrder } from './imported-orders.js';
import { type MarketplaceOrder, type MarketplaceOrderPage } from './marketplace-api.js';
import { placeOrderData, type PlaceOrderData } from './order-translation.js';
import { placeOrder } from './place-order.js';
import { MalformedOrder, orderIdIn, readOrder } from './read-order.js';
import { type MarketplaceSettings } from './settings.js';

interface OrderImportOptions {
  readonly context: AdapterContext;
  readonly settings: MarketplaceSettings;
  readonly client: PartnerClient;
  readonly caller: RateLimitedCaller;
  readonly mappings: Mappings;
  readonly orders: ImportedOrders;
}

const DELIVERED: DeliveryResult = { outcome: 'delivered' };
const MAX_RECENT_ORDERS = 1_000;

/**
 * Fetches orders from the marketplace page by page, and sends the commands that are due for them to Kontor. The cursor of
 * the pages is stored in the transaction that records the orders, so no order is missed.
 */
export class OrderImport {
  /** When the marketplace last answered, in milliseconds since 1970. */
  lastAnswerAt: number | undefined;
  /** The number of malformed orders since the start. */
  unreadable = 0;
  /** Why orders cannot be fetched; undefined where they can. */
  healthIssue: string | undefined;
  /** Orders that were fetched a moment ago, with their personal data, which is not stored. Others are fetched again. */
  private readonly recent = new Map<string, MarketplaceOrder>();

  constructor(private readonly options: OrderImportOptions) {}

  /** Polls until `signal` aborts. Never rejects. */
  async poll(signal: AbortSignal): Promise<void> {
    const { context, settings } = this.options;
    while (!signal.aborted) {
      const hasMore = await this.importPage(signal).catch((error: unknown) => this.recordFailure(error, signal));
      if (!hasMore) await context.clock.sleep(settings.pollSeconds * 1_000, signal);
    }
  }

  /** The `send` of a delivery worker: sends a command that is due to Kontor. */
  async send({ messageId, body }: Delivery, signal: AbortSignal): Promise<DeliveryResult> {
    const task = body as ImportTask;
    try {
      if (task.do === 'read') return await this.readAgain(task.theirId, signal);
      const stored = await this.options.orders.findByMarketplaceId(task.theirId);
      if (!stored || stored.data.refused) return DELIVERED;
      return task.do === 'place' ? await this.place(stored, signal) : await this.cancel(messageId, stored, task);
    } catch (error) {
      const outcome = error instanceof MalformedOrder ? 'refused' : 'unavailable';
      return { outcome, error: errorText(error) };
    }
  }

  /** @returns whether there is another page to fetch at once */
  private async importPage(signal: AbortSignal): Promise<boolean> {
    const { context, settings, mappings, orders } = this.options;
    const { cursor = '' } = (await mappings.loadState<{ cursor: string }>('cursor')) ?? {};
    const query = new URLSearchParams({ after: cursor, limit: String(settings.pageSize) });
    const page = (await this.fetch(`/orders?${query.toString()}`, signal)) as MarketplaceOrderPage | undefined;
    if (!Array.isArray(page?.orders)) throw new Error('The marketplace has no list of orders at this address');
    const { read, malformed } = this.readAll(page.orders);
    this.rememberRecent(read);
    await context.db.transaction(async (tx) => {
      await orders.recordFetched(read, tx);
      for (const id of malformed) await orders.readAgain(id, page.cursor, tx);
      if (page.cursor !== cursor) await mappings.saveState('cursor', { cursor: page.cursor }, tx);
    });
    this.healthIssue = undefined;
    return page.more;
  }

  /** One malformed order must not keep the others from being sold. @returns the ids of those that are malformed as well */
  private readAll(page: readonly unknown[]) {
    const read: MarketplaceOrder[] = [];
    const malformed: string[] = [];
    for (const json of page) {
      try {
        read.push(readOrder(json));
      } catch (error) {
        if (!(error instanceof MalformedOrder)) throw error;
        const id = orderIdIn(json);
        this.unreadable++;
        this.options.context.log('an order of the marketplace cannot be read', { order: id, error: error.message });
        if (id !== undefined) malformed.push(id);
      }
    }
    return { read, malformed };
  }

  /** An order that stays malformed becomes a dead letter, which a person sees and can replay. */
  private async readAgain(marketplaceOrderId: string, signal: AbortSignal): Promise<DeliveryResult> {
    const { context, orders } = this.options;
    const order = await this.findOrder(marketplaceOrderId, signal);
    if (order) await context.db.transaction((tx) => orders.recordFetched([order], tx));
    return DELIVERED;
  }

  private rememberRecent(orders: readonly MarketplaceOrder[]) {
    for (const order of orders) this.recent.set(order.order_id, order);
    for (const id of [...this.recent.keys()].slice(0, -MAX_RECENT_ORDERS)) this.recent.delete(id);
  }

  /** Places an order. One that the marketplace no longer has is refused. */
  private async place(stored: StoredOrder, signal: AbortSignal): Promise<DeliveryResult> {
    const order = await this.findOrder(stored.theirs, signal);
    const data = order && translated(stored, order);
    return data ? this.sendOrder(stored, data) : this.refuse(stored, 'the marketplace no longer has it');
  }

  private async sendOrder(stored: StoredOrder, data: PlaceOrderData): Promise<DeliveryResult> {
    const { api, log } = this.options.context;
    const { answer, leftOut } = await placeOrder(api, data);
    if (leftOut.length > 0) log('an order is placed without some fields', { order: stored.theirs, leftOut });
    if (answer.status < 300) return DELIVERED;
    const error = answerText(answer);
    return isFinalRefusal(answer) ? this.refuse(stored, error) : { outcome: 'refused', error };
  }

  private async refuse({ theirs }: StoredOrder, error: string): Promise<DeliveryResult> {
    const { context, orders } = this.options;
    context.log('an order cannot be placed', { order: theirs, error });
    await context.db.transaction((tx) => orders.refuse(theirs, tx));
    return DELIVERED;
  }

  private async cancel(
    messageId: string,
    { ours: orderId }: StoredOrder,
    { lineId, quantity }: Extract<ImportTask, { do: 'cancel' }>,
  ): Promise<DeliveryResult> {
    const { context } = this.options;
    const data = { orderId, lines: [{ lineId, quantity }], reason: 'cancelled at the marketplace' };
    const answer = await context.api.sendCommand('CancelOrderLines', data, { id: uuidv5(orderId, messageId) });
    if (answer.status < 300) return DELIVERED;
    const error = answerText(answer);
    if (answer.body['type'] === '/problems/order-pending' || !isConflict(answer)) return { outcome: 'refused', error };
    // Units that have left already are not cancelled; the marketplace is notified of their shipment.
    context.log('it is too late to cancel units', { orderId, lineId, error });
    return DELIVERED;
  }

  /** @throws MalformedOrder */
  private async findOrder(marketplaceOrderId: string, signal: AbortSignal): Promise<MarketplaceOrder | undefined> {
    const recent = this.recent.get(marketplaceOrderId);
    this.recent.delete(marketplaceOrderId);
    if (recent) return recent;
    const found = await this.fetch(`/orders/${encodeURIComponent(marketplaceOrderId)}`, signal);
    return found === undefined ? undefined : readOrder(found);
  }

  /** @returns undefined where the marketplace has nothing at the path. @throws Error when it is unavailable */
  private async fetch(path: string, signal: AbortSignal): Promise<unknown> {
    const { client, caller, context } = this.options;
    const request = async () => {
      const answer = await client.request('GET', path, { signal });
      return { ...answer, available: answer.status < 500 && !isUnavailable(answer) };
    };
    const answer = await caller.call(request, signal);
    const found = foundIn(answer);
    this.lastAnswerAt = context.clock.now();
    return found;
  }

  private recordFailure(error: unknown, signal: AbortSignal): false {
    const text = errorText(error);
    if (!signal.aborted && this.healthIssue !== text)
      this.options.context.log('orders cannot be fetched', { error: text });
    this.healthIssue = signal.aborted ? undefined : text;
    return false;
  }
}

/**
 * What the marketplace has at a path; undefined where it says that it has nothing.
 * @throws TransientError for any other answer, such as a redirect or the page of a gateway: it says nothing about an order
 */
export const foundIn = ({ status, body }: PartnerResponse): object | undefined => {
  if (status === 404 || status === 410) return undefined;
  if (status === 200 && typeof body === 'object' && body !== null) return body;
  throw new TransientError(`The marketplace answered ${status}${status === 200 ? ' without a JSON object' : ''}`);
};

/** @returns undefined for an order that no longer has the lines that it had */
const translated = ({ ours, data }: StoredOrder, order: MarketplaceOrder): PlaceOrderData | undefined => {
  try {
    return placeOrderData(ours, order, data);
  } catch {
    return undefined;
  }
};

/** Kontor will never take the order. Any other refusal may be our own fault, such as a body that it cannot read. */
const isFinalRefusal = ({ status, body }: ApiResponse) =>
  status === 422 || (status === 409 && body['type'] !== '/problems/channel-not-found');

const isConflict = ({ status }: ApiResponse) => status === 400 || status === 404 || status === 409 || status === 422;

const answerText = ({ status, body }: ApiResponse) =>
  `Kontor answered ${status}: ${JSON.stringify(body).slice(0, 300)}`;
