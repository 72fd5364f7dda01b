import { type Position, START } from '#event-store';
import { type EntityManager } from 'typeorm';
import { type AdapterContext } from '../adapter.js';
import { type PublishedEvent } from '../consuming/published-event.js';
import { type Mappings } from '../mapping/mappings.js';
import { type Attempt } from '../outbox/courier.js';
import { type JsonSide, textOf } from '../outbox/json-side.js';
import { addMessages, type Delivery } from '../outbox/outbox.js';

export const SUPPLIER = 'supplier';

interface Line {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** What is kept of a request. */
export interface Requested {
  readonly orderId: string;
  readonly lines: readonly Line[];
}

/** Nothing personal: that is read when it is sent. */
type Work =
  | { readonly do: 'request'; readonly fulfillmentId: string; readonly position: Position }
  | {
      readonly do: 'cancel';
      readonly fulfillmentId: string;
      readonly reason: string;
      readonly lines: readonly Pick<Line, 'lineId' | 'quantity'>[];
    };

interface Order {
  readonly externalRef: string | null;
  readonly country: string | null;
  readonly contact?: { readonly name?: string; readonly email?: string; readonly phone?: string };
  readonly shipTo?: { readonly lines: readonly string[]; readonly postalCode?: string; readonly city?: string };
}

const ENDED = new Set(['rejected', 'cancelled', 'expired']);

/** Asks the supplier to send what is assigned to its location, and takes back what it need not send. */
export class Requests {
  constructor(
    private readonly parts: {
      readonly context: AdapterContext;
      readonly location: string;
      readonly mappings: Mappings;
      readonly side: JsonSide;
    },
  ) {}

  async of(fulfillmentId: string, tx?: EntityManager): Promise<Requested | undefined> {
    return (await this.parts.mappings.ofOurs<Requested>('fulfillment', [fulfillmentId], tx))[0]?.data;
  }

  async handle({ id, type, stream, position, data }: PublishedEvent, tx: EntityManager): Promise<void> {
    const fulfillmentId = stream.slice('fulfillment-'.length);
    if (type === 'com.kontor.fulfillment.assigned.v1') {
      if (data['locationId'] !== this.parts.location || data['method'] !== 'ship') return;
      const { orderId, lines } = data as unknown as Requested;
      const kept = { ours: fulfillmentId, theirs: fulfillmentId, data: { orderId, lines: lines.map(lineOf) } };
      await this.parts.mappings.put('fulfillment', [kept], tx);
      return this.add(id, { do: 'request', fulfillmentId, position }, tx);
    }
    const taken = takenBack(type, data);
    if (!taken || taken.lines.length === 0 || !(await this.of(fulfillmentId, tx))) return;
    return this.add(id, { do: 'cancel', fulfillmentId, ...taken }, tx);
  }

  /** As a courier's `send`. */
  async send({ messageId, body }: Delivery, signal: AbortSignal): Promise<Attempt> {
    const work = body as Work;
    try {
      const path = `/orders/${encodeURIComponent(work.fulfillmentId)}`;
      const said = work.do === 'request' ? await this.request(work) : await this.cancellation(work);
      if (!said) return { outcome: 'delivered' };
      const { side } = this.parts;
      return await side.tell(work.do === 'request' ? '/orders' : `${path}/cancellations`, {
        body: said,
        key: messageId,
        signal,
      });
    } catch (error) {
      return { outcome: 'unavailable', error: textOf(error) };
    }
  }

  /** @returns undefined where it is too late: somebody else sends it, or nobody */
  private async request({ fulfillmentId, position }: { fulfillmentId: string; position: Position }) {
    const now = await this.read<{ state: string; acceptBy: string | null }>(
      `/v1/fulfillments/${fulfillmentId}`,
      position,
    );
    const kept = await this.of(fulfillmentId);
    if (ENDED.has(now.state) || !kept) return undefined;
    const { externalRef, ...order } = await this.read<Order>(`/v1/orders/${kept.orderId}`, position);
    return {
      request_id: fulfillmentId,
      reference: externalRef ?? kept.orderId,
      ...(now.acceptBy !== null && { accept_by: now.acceptBy }),
      ship_to: addressOf(order),
      lines: await this.theirLines(kept.lines),
    };
  }

  private async cancellation({ fulfillmentId, reason, lines }: Extract<Work, { do: 'cancel' }>) {
    const kept = await this.of(fulfillmentId);
    const skus = new Map(kept?.lines.map(({ lineId, sku }) => [lineId, sku]));
    return {
      reason,
      lines: await this.theirLines(lines.map((line) => ({ ...line, sku: skus.get(line.lineId) ?? '' }))),
    };
  }

  private async theirLines(lines: readonly Line[]) {
    const mapped = await this.parts.mappings.ofOurs(
      'sku',
      lines.map(({ sku }) => sku),
    );
    const theirs = new Map(mapped.map((one) => [one.ours, one.theirs]));
    return lines.map(({ lineId, sku, quantity }) => ({ line_id: lineId, sku: theirs.get(sku) ?? sku, quantity }));
  }

  private async read<Body>(path: string, position: Position): Promise<Body> {
    const { status, body } = await this.parts.context.api.get(path, position);
    if (status !== 200) throw new Error(`${path}: Kontor answered ${status}`);
    return body as Body;
  }

  private add(messageId: string, body: Work, tx: EntityManager) {
    const { name: adapter, clock } = this.parts.context;
    const key = `fulfillment-${body.fulfillmentId}`;
    const position = body.do === 'request' ? body.position : START;
    return addMessages(
      tx,
      [{ adapter, endpoint: SUPPLIER, messageId, key, type: body.do, body, position }],
      clock.now(),
    );
  }
}

const addressOf = ({ contact, shipTo, country }: Omit<Order, 'externalRef'>) => {
  const { lines: street = [], postalCode: zip, city } = shipTo ?? {};
  return { ...contact, street, zip, city, country };
};

/** What the supplier itself refuses is no news to it. */
const takenBack = (type: string, data: PublishedEvent['data']) => {
  const { reason, lines, cancelled } = data as {
    reason?: string;
    lines?: readonly Line[];
    cancelled?: readonly Line[];
  };
  if (type === 'com.kontor.fulfillment.rejected.v1')
    return reason === 'timeout' ? { reason: 'no-answer', lines: (lines ?? []).map(unitsOf) } : undefined;
  if (type === 'com.kontor.fulfillment.lines-cancelled.v1')
    return { reason: 'cancelled', lines: (cancelled ?? []).map(unitsOf) };
  return undefined;
};

const unitsOf = ({ lineId, quantity }: Pick<Line, 'lineId' | 'quantity'>) => ({ lineId, quantity });

const lineOf = ({ lineId, sku, quantity }: Line) => ({ lineId, sku, quantity });
