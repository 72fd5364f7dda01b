import { type EntityManager } from 'typeorm';
import { type Position, START } from '#event-store';
import { type AdapterContext } from '../adapter.js';
import { addMessages } from '../delivery/outbox.js';
import { type Mapping, type Mappings } from '../mapping/mappings.js';
import { type MarketplaceOrder } from './marketplace-api.js';
import { answerNotice, type OrderNotice, type TranslateName } from './order-notices.js';
import { hasWantedLines, type ImportedOrder, importedOrderOf, orderIdOf, withoutSoldOut } from './order-translation.js';

/** Endpoint of the outbox for commands to Kontor, which {@link OrderImport} sends. */
export const IMPORT_ENDPOINT = 'import';
/** Endpoint of the outbox for notices to the marketplace. */
export const NOTICES_ENDPOINT = 'notices';

/** `ours` is Kontor's id of the order, `theirs` the marketplace's. */
export type StoredOrder = Mapping<ImportedOrder>;

/** A command to Kontor that is due for an order. Stored as JSON, so its names must not change. It holds nothing personal. */
export type ImportTask =
  | { readonly do: 'read'; readonly theirId: string }
  | { readonly do: 'place'; readonly theirId: string }
  | { readonly do: 'cancel'; readonly theirId: string; readonly lineId: string; readonly quantity: number };

/**
 * The orders that came from the marketplace. Every change of an order adds to the outbox, in the same transaction, what
 * is due because of it: commands to Kontor and notices to the marketplace.
 */
export class ImportedOrders {
  constructor(
    private readonly context: Pick<AdapterContext, 'name' | 'clock'>,
    private readonly mappings: Mappings,
  ) {}

  async findByMarketplaceId(marketplaceOrderId: string, tx?: EntityManager): Promise<StoredOrder | undefined> {
    return (await this.mappings.findByTheirs<ImportedOrder>('order', [marketplaceOrderId], tx))[0];
  }

  async findByOrderId(orderId: string, tx: EntityManager): Promise<StoredOrder | undefined> {
    return (await this.mappings.findByOurs<ImportedOrder>('order', [orderId], tx))[0];
  }

  /** Takes over what is new in fetched orders: new orders, and units whose cancellation the marketplace requests. */
  async recordFetched(orders: readonly MarketplaceOrder[], tx: EntityManager): Promise<void> {
    await this.lock(tx);
    const newStatus = await this.mappings.theirNameOf('status', 'new', tx);
    const skus = await this.mappings.findByTheirs('sku', [...new Set(orders.flatMap(skusOf))], tx);
    const ourSkus = new Map(skus.map(({ theirs, ours }) => [theirs, ours]));
    for (const order of orders) {
      const stored = await this.findByMarketplaceId(order.order_id, tx);
      if (stored) await this.recordCancellations(stored, order, tx);
      else if (order.status === newStatus) await this.recordNew(order.order_id, importedOrderOf(order, ourSkus), tx);
    }
  }

  /** Fetches an order again that could not be read. @param mark of the attempt, because an order may be malformed more than once */
  readAgain(marketplaceOrderId: string, mark: string, tx: EntityManager): Promise<void> {
    const task = { do: 'read', theirId: marketplaceOrderId } as const;
    return this.addTask(`${marketplaceOrderId}/read/${mark}`, task, tx);
  }

  /** After Kontor has rejected an order: places it again without what is sold out, or refuses it where nothing is left. */
  async recordRejection(marketplaceOrderId: string, soldOut: ReadonlySet<string>, tx: EntityManager): Promise<void> {
    await this.lock(tx);
    const { data } = await this.storedOrder(marketplaceOrderId, tx);
    const rest = withoutSoldOut(data, soldOut);
    if (soldOut.size === 0 || !hasWantedLines(rest)) return this.refuse(marketplaceOrderId, tx);
    await this.store(marketplaceOrderId, rest, tx);
    const task = { do: 'place', theirId: marketplaceOrderId } as const;
    await this.addTask(`${marketplaceOrderId}/place/${rest.attempt}`, task, tx);
  }

  /** Decides that nothing of the order is sold, and tells the marketplace. */
  async refuse(marketplaceOrderId: string, tx: EntityManager): Promise<void> {
    await this.lock(tx);
    const stored = await this.storedOrder(marketplaceOrderId, tx);
    await this.store(marketplaceOrderId, { ...stored.data, refused: true }, tx);
    await this.addAnswer(stored, false, tx);
  }

  /** Answers the order. Only the first answer to an order has an effect, so it may be given before every other notice. */
  async addAnswer({ theirs, data }: Pick<StoredOrder, 'theirs' | 'data'>, sold: boolean, tx: EntityManager) {
    const orderId = orderIdOf(this.context.name, theirs, data.attempt);
    const subject = { marketplaceOrderId: theirs, orderId, order: data, translate: this.translator(tx) };
    await this.addNotice(`${theirs}/answer`, theirs, await answerNotice(subject, sold), { tx, position: START });
  }

  async addNotice(
    messageId: string,
    marketplaceOrderId: string,
    notice: OrderNotice,
    { tx, position }: { readonly tx: EntityManager; readonly position: Position },
  ): Promise<void> {
    const to = { adapter: this.context.name, endpoint: NOTICES_ENDPOINT, key: `order-${marketplaceOrderId}` };
    const type = notice.path.slice(notice.path.lastIndexOf('/') + 1);
    await addMessages(tx, [{ ...to, messageId, type, body: notice, position }], this.context.clock.now());
  }

  translator(tx: EntityManager): TranslateName {
    return (kind, ours) => this.mappings.theirNameOf(kind, ours, tx);
  }

  private async recordNew(marketplaceOrderId: string, order: ImportedOrder, tx: EntityManager) {
    await this.store(marketplaceOrderId, order, tx);
    if (!hasWantedLines(order)) return this.refuse(marketplaceOrderId, tx);
    await this.addTask(`${marketplaceOrderId}/place/1`, { do: 'place', theirId: marketplaceOrderId }, tx);
  }

  /** Cancels the units whose cancellation was requested since the order was last fetched, and no others. */
  private async recordCancellations({ theirs, data }: StoredOrder, { lines }: MarketplaceOrder, tx: EntityManager) {
    const requested = new Map(lines.map((line) => [line.line_id, line.cancel_requested]));
    const requestedOf = (lineId: string) => requested.get(lineId) ?? 0;
    const changed = data.lines.filter(({ lineId, cancelled }) => requestedOf(lineId) > cancelled);
    if (changed.length === 0) return;
    for (const { lineId, sku, cancelled } of changed) {
      if (sku === undefined || data.refused) continue; // it was never ordered in Kontor
      const total = requestedOf(lineId);
      const task = { do: 'cancel', theirId: theirs, lineId, quantity: total - cancelled } as const;
      await this.addTask(`${theirs}/cancel/${lineId}/${total}`, task, tx);
    }
    const updated = data.lines.map((line) => ({
      ...line,
      cancelled: Math.max(line.cancelled, requestedOf(line.lineId)),
    }));
    await this.store(theirs, { ...data, lines: updated }, tx);
  }

  /** Changes of stored orders run one after the other. */
  private lock(tx: EntityManager): Promise<unknown> {
    return tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`kontor/${this.context.name}/orders`]);
  }

  private async storedOrder(marketplaceOrderId: string, tx: EntityManager): Promise<StoredOrder> {
    const stored = await this.findByMarketplaceId(marketplaceOrderId, tx);
    if (!stored) throw new Error(`The order ${marketplaceOrderId} of the marketplace was never imported`);
    return stored;
  }

  private store(theirs: string, data: ImportedOrder, tx: EntityManager) {
    return this.mappings.put('order', [{ ours: orderIdOf(this.context.name, theirs, data.attempt), theirs, data }], tx);
  }

  private addTask(messageId: string, task: ImportTask, tx: EntityManager) {
    const to = { adapter: this.context.name, endpoint: IMPORT_ENDPOINT, key: `order-${task.theirId}` };
    const message = { ...to, messageId, type: task.do, body: task, position: START };
    return addMessages(tx, [message], this.context.clock.now());
  }
}

const skusOf = ({ lines }: MarketplaceOrder) => lines.map(({ sku }) => sku);
