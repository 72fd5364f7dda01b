import { type Position } from '#event-store';
import { type EntityManager } from 'typeorm';
import { type AdapterContext } from '../adapter.js';
import { type PublishedEvent } from '../consuming/published-event.js';
import { TryAgain } from '../consuming/try-again.js';

const isBirth = (type: string) => /^com\.kontor\.order\.(placed|recorded)\./.test(type);

/** Which orders came by the channel of an adapter: whoever works on them later may act for another. */
export class OwnOrders {
  constructor(private readonly context: Pick<AdapterContext, 'name' | 'channel' | 'api'>) {}

  /** The id of the order that an event is about; undefined when it is not one of the channel's. */
  async ownOrderOf(event: PublishedEvent, tx: EntityManager): Promise<string | undefined> {
    const orderId = event.stream.startsWith('order-') ? event.stream.slice('order-'.length) : event.data['orderId'];
    if (typeof orderId !== 'string') return undefined;
    const channel = isBirth(event.type) ? event.channel : await this.known(orderId, tx);
    const own = (channel ?? (await this.asked(orderId, event.position))) === this.context.channel;
    if (channel === undefined || isBirth(event.type)) await this.keep(orderId, own, tx);
    return own ? orderId : undefined;
  }

  /** The channel itself, or another. */
  private async known(orderId: string, tx: EntityManager): Promise<string | undefined> {
    const [row] = await tx.query<{ own: boolean }[]>(
      `SELECT data->>'own' = 'true' AS own FROM channels.mapping WHERE adapter = $1 AND kind = 'order' AND ours = $2`,
      [this.context.name, orderId],
    );
    return row && (row.own ? this.context.channel : '');
  }

  /** Topics are read beside each other: what became of an order may come before the order. */
  private async asked(orderId: string, position: Position): Promise<string | undefined> {
    const { status, body } = await this.context.api.get(`/v1/orders/${encodeURIComponent(orderId)}`, position);
    if (status === 404) return undefined;
    if (status !== 200) throw new TryAgain(`order ${orderId}: the API answered ${status}`);
    return body['channel'] as string;
  }

  private async keep(orderId: string, own: boolean, tx: EntityManager) {
    await tx.query(
      `INSERT INTO channels.mapping (adapter, kind, ours, theirs, data) VALUES ($1, 'order', $2, $2, $3)
       ON CONFLICT (adapter, kind, ours) DO UPDATE SET data = excluded.data`,
      [this.context.name, orderId, JSON.stringify({ own })],
    );
  }
}
