import { type Position, START } from '#event-store';
import { type EntityManager } from 'typeorm';
import { type AdapterContext } from '../adapter.js';
import { type Mapping, type Mappings } from '../mapping/mappings.js';
import { addMessages } from '../outbox/outbox.js';
import { answerNotice, type Named, type Notice } from './notices.js';
import { importedOf, type ImportedOrder, isWanted, orderIdOf, without } from './to-place.js';
import { type TheirOrder } from './their-language.js';

export const IMPORT = 'import';
export const NOTICES = 'notices';

type Kept = Mapping<ImportedOrder>;

/** What is to be done in Kontor for an order of the marketplace. Nothing personal. */
export type ImportWork =
  | { readonly do: 'place'; readonly theirId: string }
  | { readonly do: 'cancel'; readonly theirId: string; readonly lineId: string; readonly quantity: number };

/** The orders that came from the marketplace, and what is owed for them: to Kontor, and to the marketplace. */
export class OrderBook {
  constructor(
    private readonly context: Pick<AdapterContext, 'name' | 'clock'>,
    private readonly mappings: Mappings,
  ) {}

  async ofTheirs(theirId: string, tx?: EntityManager): Promise<Kept | undefined> {
    return (await this.mappings.ofTheirs<ImportedOrder>('order', [theirId], tx))[0];
  }

  async ofOurs(orderId: string, tx: EntityManager): Promise<Kept | undefined> {
    return (await this.mappings.ofOurs<ImportedOrder>('order', [orderId], tx))[0];
  }

  /** Of each order what is new in it: the order itself, or units that are wanted no more. */
  async take(orders: readonly TheirOrder[], tx: EntityManager): Promise<void> {
    await this.alone(tx);
    const isNew = await this.mappings.theirs('status', 'new', tx);
    const skus = await this.mappings.ofTheirs('sku', [...new Set(orders.flatMap(skusOf))], tx);
    const oursBySku = new Map(skus.map(({ theirs, ours }) => [theirs, ours]));
    for (const order of orders) {
      const kept = await this.ofTheirs(order.order_id, tx);
      if (kept) await this.takeCancellations(kept, order, tx);
      else if (order.status === isNew) await this.takeNew(order.order_id, importedOf(order, oursBySku), tx);
    }
  }

  /** What is sold out is left out, and the rest is asked for again, as an order of its own. */
  async takeRejection(theirs: string, soldOut: ReadonlySet<string>, tx: EntityManager): Promise<void> {
    await this.alone(tx);
    const kept = await this.ofTheirs(theirs, tx);
    if (!kept) return;
    const rest = without(kept.data, soldOut);
    if (soldOut.size === 0 || !isWanted(rest)) return this.refuse(theirs, tx);
    await this.keep({ theirs, data: rest }, tx);
    await this.order(`${theirs}/place/${rest.attempt}`, { do: 'place', theirId: theirs }, tx);
  }

  /** Nothing of it is sold. */
  async refuse(theirs: string, tx: EntityManager): Promise<void> {
    await this.alone(tx);
    const kept = await this.ofTheirs(theirs, tx);
    if (!kept) return;
    await this.keep({ theirs, data: { ...kept.data, refused: true } }, tx);
    await this.answer(kept, false, tx);
  }

  /** Once: what comes of it later brings it first, wherever it is read earlier. */
  async answer({ theirs, data }: Pick<Kept, 'theirs' | 'data'>, sold: boolean, tx: EntityManager): Promise<void> {
    const orderId = orderIdOf(this.context.name, theirs, data.attempt);
    const notice = await answerNotice({ theirId: theirs, orderId, order: data, named: this.named(tx) }, sold);
    await this.tell(`${theirs}/answer`, theirs, notice, { tx, position: START });
  }

  async tell(
    messageId: string,
    theirId: string,
    body: Notice,
    { tx, position }: { readonly tx: EntityManager; readonly position: Position },
  ): Promise<void> {
    const to = { adapter: this.context.name, endpoint: NOTICES };
    const message = {
      ...to,
      messageId,
      key: `order-${theirId}`,
      type: body.path.split('/').at(-1) ?? '',
      body,
      position,
    };
    await addMessages(tx, [message], this.context.clock.now());
  }

  named(tx: EntityManager): Named {
    return (kind, ours) => this.mappings.theirs(kind, ours, tx);
  }

  private async takeNew(theirId: string, order: ImportedOrder, tx: EntityManager) {
    await this.keep({ theirs: theirId, data: order }, tx);
    if (isWanted(order)) await this.order(`${theirId}/place/1`, { do: 'place', theirId }, tx);
    else await this.refuse(theirId, tx);
  }

  /** A line that is wanted no more, or not in full: only those units are cancelled. */
  private async takeCancellations({ theirs, data }: Kept, { lines }: TheirOrder, tx: EntityManager) {
    const asked = new Map(lines.map((line) => [line.line_id, line.cancel_requested]));
    const more = data.lines.filter(({ lineId, cancelled }) => (asked.get(lineId) ?? 0) > cancelled);
    if (more.length === 0) return;
    for (const { lineId, sku, cancelled } of more) {
      const now = asked.get(lineId) ?? 0;
      const work = { do: 'cancel', theirId: theirs, lineId, quantity: now - cancelled } as const;
      if (sku !== undefined && !data.refused) await this.order(`${theirs}/cancel/${lineId}/${now}`, work, tx);
    }
    const all = data.lines.map((line) => ({
      ...line,
      cancelled: Math.max(line.cancelled, asked.get(line.lineId) ?? 0),
    }));
    await this.keep({ theirs, data: { ...data, lines: all } }, tx);
  }

  /** Whoever changes what is kept of orders waits for whoever does. */
  private alone(tx: EntityManager): Promise<unknown> {
    return tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`kontor/${this.context.name}/orders`]);
  }

  private keep({ theirs, data }: Pick<Kept, 'theirs' | 'data'>, tx: EntityManager) {
    return this.mappings.put('order', [{ ours: orderIdOf(this.context.name, theirs, data.attempt), theirs, data }], tx);
  }

  private order(messageId: string, body: ImportWork, tx: EntityManager) {
    const to = { adapter: this.context.name, endpoint: IMPORT };
    const message = { ...to, messageId, key: `order-${body.theirId}`, type: body.do, body, position: START };
    return addMessages(tx, [message], this.context.clock.now());
  }
}

const skusOf = ({ lines }: TheirOrder) => lines.map(({ sku }) => sku);
