import { type EntityManager } from 'typeorm';
import { type Position } from '#event-store';
import { type AdapterContext } from '../adapter.js';
import { type PublishedEvent } from '../inbox/published-event.js';
import { TransientError } from '../transient-error.js';

const isFirstEvent = (type: string) => /^com\.kontor\.order\.(placed|recorded)\./.test(type);

/**
 * Finds out which orders came through the adapter's channel. The channel of a later event does not say so, because a
 * warehouse or a till may act on an order of another channel.
 */
export class ChannelOrders {
  constructor(private readonly context: Pick<AdapterContext, 'name' | 'channel' | 'api'>) {}

  /** @returns the id of the order that the event is about; undefined where the order came through another channel */
  async ownOrderOf(event: PublishedEvent, tx: EntityManager): Promise<string | undefined> {
    const orderId = event.stream.startsWith('order-') ? event.stream.slice('order-'.length) : event.data['orderId'];
    if (typeof orderId !== 'string') return undefined;
    const isOwn = await this.isOwn(orderId, event, tx);
    return isOwn ? orderId : undefined;
  }

  private async isOwn(orderId: string, event: PublishedEvent, tx: EntityManager): Promise<boolean> {
    if (isFirstEvent(event.type)) return this.save(orderId, event.channel === this.context.channel, tx);
    const known = await this.load(orderId, tx);
    if (known !== undefined) return known;
    return this.save(orderId, (await this.channelOf(orderId, event.position)) === this.context.channel, tx);
  }

  private async load(orderId: string, tx: EntityManager): Promise<boolean | undefined> {
    const [row] = await tx.query<{ own: boolean }[]>(
      `SELECT data->>'own' = 'true' AS own FROM channels.mapping WHERE adapter = $1 AND kind = 'order' AND ours = $2`,
      [this.context.name, orderId],
    );
    return row?.own;
  }

  /** Asks the API, because topics are read side by side: an event of a fulfillment may arrive before its order. */
  private async channelOf(orderId: string, position: Position): Promise<string | undefined> {
    const { status, body } = await this.context.api.get(`/v1/orders/${encodeURIComponent(orderId)}`, position);
    if (status === 404) return undefined;
    if (status !== 200) throw new TransientError(`order ${orderId}: the API answered ${status}`);
    return body['channel'] as string;
  }

  private async save(orderId: string, own: boolean, tx: EntityManager): Promise<boolean> {
    await tx.query(
      `INSERT INTO channels.mapping (adapter, kind, ours, theirs, data) VALUES ($1, 'order', $2, $2, $3)
       ON CONFLICT (adapter, kind, ours) DO UPDATE SET data = excluded.data`,
      [this.context.name, orderId, JSON.stringify({ own })],
    );
    return own;
  }
}
