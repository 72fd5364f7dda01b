import { uuidv5 } from '#kernel';
import { type AdapterContext } from '../adapter.js';
import { type ApiAnswer } from '../kontor-api.js';
import { type Mapping, type Mappings } from '../mapping/mappings.js';
import { type Attempt } from '../outbox/courier.js';
import { isAway, type JsonSide, textOf } from '../outbox/json-side.js';
import { type Delivery } from '../outbox/outbox.js';
import { type Turns } from '../outbox/turns.js';
import { type ImportWork, type OrderBook } from './order-book.js';
import { type MarketplaceSettings } from './settings.js';
import { type TheirOrder, type TheirPage } from './their-language.js';
import { type ImportedOrder, orderToPlace } from './to-place.js';

interface Parts {
  readonly context: AdapterContext;
  readonly settings: MarketplaceSettings;
  readonly side: JsonSide;
  readonly turns: Turns;
  readonly mappings: Mappings;
  readonly book: OrderBook;
}

const DELIVERED: Attempt = { outcome: 'delivered' };
const MOST_AT_HAND = 1_000;

/** Fetches orders page by page, and places them in Kontor; what it owes Kontor is kept with the cursor. */
export class OrderImport {
  /** When it last heard of the marketplace, milliseconds since 1970. */
  heardAt: number | undefined;
  trouble: string | undefined;
  /** Those that were just fetched; others are fetched again. */
  private readonly atHand = new Map<string, TheirOrder>();

  constructor(private readonly parts: Parts) {}

  /** Until `signal` aborts. Never rejects. */
  async poll(signal: AbortSignal): Promise<void> {
    const { context, settings } = this.parts;
    while (!signal.aborted) {
      const more = await this.page(signal).catch((error: unknown) => this.fails(textOf(error), signal));
      if (!more) await context.clock.sleep(settings.pollSeconds * 1_000, signal);
    }
  }

  /** As a courier's `send`: carries out what is owed to Kontor. */
  async send({ messageId, body }: Delivery, signal: AbortSignal): Promise<Attempt> {
    const work = body as ImportWork;
    try {
      const kept = await this.parts.book.ofTheirs(work.theirId);
      if (!kept || kept.data.refused) return DELIVERED;
      return work.do === 'place' ? await this.place(kept, signal) : await this.cancel(messageId, kept, work);
    } catch (error) {
      return { outcome: 'unavailable', error: textOf(error) };
    }
  }

  /** @returns whether there is more at once */
  private async page(signal: AbortSignal): Promise<boolean> {
    const { context, settings, mappings, book } = this.parts;
    const { cursor = '' } = (await mappings.recall<{ cursor: string }>('cursor')) ?? {};
    const query = new URLSearchParams({ after: cursor, limit: String(settings.pageSize) });
    const page = (await this.fetch(`/orders?${query.toString()}`, signal)) as TheirPage | undefined;
    if (!page) throw new Error('The marketplace knows no list of orders at this address');
    for (const order of page.orders) this.atHand.set(order.order_id, order);
    for (const id of [...this.atHand.keys()].slice(0, -MOST_AT_HAND)) this.atHand.delete(id);
    await context.db.transaction(async (tx) => {
      await book.take(page.orders, tx);
      if (page.cursor !== cursor) await mappings.remember('cursor', { cursor: page.cursor }, tx);
    });
    this.trouble = undefined;
    return page.more;
  }

  /** Neither an order that is gone there, nor one that cannot be read, is placed; else Kontor decides. */
  private async place(kept: Mapping<ImportedOrder>, signal: AbortSignal): Promise<Attempt> {
    const { context, book } = this.parts;
    const order = await this.orderOf(kept.theirs, signal);
    const data = order && dataOf(kept, order);
    const answer = data && (await context.api.command('PlaceOrder', data, { id: kept.ours }));
    if (answer && answer.status < 300) return DELIVERED;
    if (answer && !isUnreadable(answer)) return { outcome: 'refused', error: textOfAnswer(answer) };
    context.log('an order cannot be placed', { order: kept.theirs, ...(answer && { error: textOfAnswer(answer) }) });
    await context.db.transaction((tx) => book.refuse(kept.theirs, tx));
    return DELIVERED;
  }

  private async cancel(
    messageId: string,
    { ours: orderId }: Mapping<ImportedOrder>,
    { lineId, quantity }: { readonly lineId: string; readonly quantity: number },
  ): Promise<Attempt> {
    const { context } = this.parts;
    const data = { orderId, lines: [{ lineId, quantity }], reason: 'cancelled at the marketplace' };
    const answer = await context.api.command('CancelOrderLines', data, { id: uuidv5(orderId, messageId) });
    if (answer.status < 300) return DELIVERED;
    const error = textOfAnswer(answer);
    if (answer.body['type'] === '/problems/order-pending' || !isConflict(answer)) return { outcome: 'refused', error };
    context.log('too late to be cancelled', { orderId, lineId, error }); // what has left is told as shipped
    return DELIVERED;
  }

  private async orderOf(theirId: string, signal: AbortSignal): Promise<TheirOrder | undefined> {
    const found = this.atHand.get(theirId);
    this.atHand.delete(theirId);
    return found ?? ((await this.fetch(`/orders/${encodeURIComponent(theirId)}`, signal)) as TheirOrder | undefined);
  }

  /** @returns undefined where there is nothing. @throws Error without an answer */
  private async fetch(path: string, signal: AbortSignal): Promise<unknown> {
    const { side, turns, context } = this.parts;
    const ask = async () => {
      const answer = await side.ask('GET', path, { signal });
      return { ...answer, works: answer.status < 500 && !isAway(answer) };
    };
    const { status, body, works } = await turns.take(ask, signal);
    if (!works) throw new Error(`${path.split('?')[0]} was answered with ${status}`);
    this.heardAt = context.clock.now();
    return status === 200 ? body : undefined;
  }

  private fails(error: string, signal: AbortSignal): false {
    if (!signal.aborted && this.trouble !== error) this.parts.context.log('orders cannot be fetched', { error });
    this.trouble = signal.aborted ? undefined : error;
    return false;
  }
}

const dataOf = ({ ours, data }: Mapping<ImportedOrder>, order: TheirOrder): object | undefined => {
  try {
    return orderToPlace(ours, order, data);
  } catch {
    return undefined;
  }
};

/** It will never do; anything else may be our fault: a key, a channel that nobody has configured yet. */
const isUnreadable = ({ status, body }: ApiAnswer) =>
  status === 400 || status === 422 || (status === 409 && body['type'] !== '/problems/channel-not-found');

const isConflict = ({ status }: ApiAnswer) => status === 400 || status === 404 || status === 409 || status === 422;

const textOfAnswer = ({ status, body }: ApiAnswer) =>
  `Kontor answered ${status}: ${JSON.stringify(body).slice(0, 300)}`;
