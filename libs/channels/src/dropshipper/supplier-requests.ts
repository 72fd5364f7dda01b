import { type EntityManager } from 'typeorm';
import { type Position, START } from '#event-store';
import { type AdapterContext } from '../adapter.js';
import { type DeliveryResult } from '../delivery/delivery-worker.js';
import { addMessages, type Delivery } from '../delivery/outbox.js';
import { errorText, type PartnerClient } from '../delivery/partner-client.js';
import { type PublishedEvent } from '../inbox/published-event.js';
import { type Mappings } from '../mapping/mappings.js';

/** Endpoint of the outbox for messages to the supplier. */
export const SUPPLIER_ENDPOINT = 'supplier';

interface RequestedLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

type LineQuantity = Pick<RequestedLine, 'lineId' | 'quantity'>;

/** What is stored of a request. Stored as JSON, so the names of its fields must not change. */
export interface StoredRequest {
  readonly orderId: string;
  readonly lines: readonly RequestedLine[];
}

/** Body of a message in the outbox. It holds nothing personal: the address is read when the message is sent. */
type SupplierMessage =
  | { readonly do: 'request'; readonly fulfillmentId: string; readonly position: Position }
  | {
      readonly do: 'cancel';
      readonly fulfillmentId: string;
      readonly reason: string;
      readonly lines: readonly LineQuantity[];
    };

/** The fields of `GET /v1/orders/{id}` that are read here. */
interface OrderAnswer {
  readonly externalRef: string | null;
  readonly country: string | null;
  readonly contact?: { readonly name?: string; readonly email?: string; readonly phone?: string };
  readonly shipTo?: { readonly lines: readonly string[]; readonly postalCode?: string; readonly city?: string };
}

/** The fields of `GET /v1/fulfillments/{id}` that are read here. */
interface FulfillmentAnswer {
  readonly state: string;
  readonly acceptBy: string | null;
}

interface SupplierRequestsOptions {
  readonly context: AdapterContext;
  /** Id of the supplier's location. */
  readonly location: string;
  readonly mappings: Mappings;
  readonly client: PartnerClient;
}

const ENDED_STATES = new Set(['rejected', 'cancelled', 'expired']);

/** Requests from the supplier what is assigned to its location, and cancels what it need not send any more. */
export class SupplierRequests {
  constructor(private readonly options: SupplierRequestsOptions) {}

  /** @returns undefined where the fulfillment was never requested from the supplier */
  async find(fulfillmentId: string, tx?: EntityManager): Promise<StoredRequest | undefined> {
    return (await this.options.mappings.findByOurs<StoredRequest>('fulfillment', [fulfillmentId], tx))[0]?.data;
  }

  async handle({ id, type, stream, position, data }: PublishedEvent, tx: EntityManager): Promise<void> {
    const fulfillmentId = stream.slice('fulfillment-'.length);
    if (type === 'com.kontor.fulfillment.assigned.v1') {
      if (data['locationId'] !== this.options.location || data['method'] !== 'ship') return;
      const { orderId, lines } = data as unknown as StoredRequest;
      const request: StoredRequest = {
        orderId,
        lines: lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })),
      };
      await this.options.mappings.put(
        'fulfillment',
        [{ ours: fulfillmentId, theirs: fulfillmentId, data: request }],
        tx,
      );
      return this.addMessage(id, { do: 'request', fulfillmentId, position }, tx);
    }
    const cancelled = cancelledBy(type, data);
    if (!cancelled || cancelled.lines.length === 0 || !(await this.find(fulfillmentId, tx))) return;
    return this.addMessage(id, { do: 'cancel', fulfillmentId, ...cancelled }, tx);
  }

  /** The `send` of a delivery worker. */
  async send({ messageId: key, body }: Delivery, signal: AbortSignal): Promise<DeliveryResult> {
    const message = body as SupplierMessage;
    const { client } = this.options;
    try {
      if (message.do === 'cancel') {
        const path = `/orders/${encodeURIComponent(message.fulfillmentId)}/cancellations`;
        return await client.deliver(path, { body: await this.cancellationBody(message), key, signal });
      }
      const request = await this.requestBody(message);
      return request ? await client.deliver('/orders', { body: request, key, signal }) : { outcome: 'delivered' };
    } catch (error) {
      return { outcome: 'unavailable', error: errorText(error) };
    }
  }

  /** @returns undefined where the supplier is no longer to send the goods */
  private async requestBody({ fulfillmentId, position }: Extract<SupplierMessage, { do: 'request' }>) {
    const fulfillment = await this.read<FulfillmentAnswer>(`/v1/fulfillments/${fulfillmentId}`, position);
    const request = await this.storedRequest(fulfillmentId);
    if (ENDED_STATES.has(fulfillment.state)) return undefined;
    const { externalRef, ...order } = await this.read<OrderAnswer>(`/v1/orders/${request.orderId}`, position);
    return {
      request_id: fulfillmentId,
      reference: externalRef ?? request.orderId,
      ...(fulfillment.acceptBy !== null && { accept_by: fulfillment.acceptBy }),
      ship_to: addressOf(order),
      lines: await this.supplierLines(request.lines),
    };
  }

  private async cancellationBody({ fulfillmentId, reason, lines }: Extract<SupplierMessage, { do: 'cancel' }>) {
    const request = await this.storedRequest(fulfillmentId);
    const skus = new Map(request.lines.map(({ lineId, sku }) => [lineId, sku]));
    const withSkus = lines.map(({ lineId, quantity }) => {
      const sku = skus.get(lineId);
      if (sku === undefined) throw new Error(`The line ${lineId} of ${fulfillmentId} was never requested`);
      return { lineId, sku, quantity };
    });
    return { reason, lines: await this.supplierLines(withSkus) };
  }

  private async storedRequest(fulfillmentId: string): Promise<StoredRequest> {
    const request = await this.find(fulfillmentId);
    if (!request) throw new Error(`The fulfillment ${fulfillmentId} was never requested`);
    return request;
  }

  private async supplierLines(lines: readonly RequestedLine[]) {
    const mapped = await this.options.mappings.findByOurs(
      'sku',
      lines.map(({ sku }) => sku),
    );
    const theirs = new Map(mapped.map((mapping) => [mapping.ours, mapping.theirs]));
    return lines.map(({ lineId, sku, quantity }) => ({ line_id: lineId, sku: theirs.get(sku) ?? sku, quantity }));
  }

  private async read<Body>(path: string, position: Position): Promise<Body> {
    const { status, body } = await this.options.context.api.get(path, position);
    if (status !== 200) throw new Error(`${path}: Kontor answered ${status}`);
    return body as Body;
  }

  private addMessage(messageId: string, message: SupplierMessage, tx: EntityManager) {
    const { name: adapter, clock } = this.options.context;
    const key = `fulfillment-${message.fulfillmentId}`;
    const position = message.do === 'request' ? message.position : START;
    const row = { adapter, endpoint: SUPPLIER_ENDPOINT, messageId, key, type: message.do, body: message, position };
    return addMessages(tx, [row], clock.now());
  }
}

const addressOf = ({ contact, shipTo, country }: Omit<OrderAnswer, 'externalRef'>) => {
  const { lines: street = [], postalCode: zip, city } = shipTo ?? {};
  return { ...contact, street, zip, city, country };
};

/** @returns undefined for an event that cancels nothing, or that the supplier has caused itself */
const cancelledBy = (type: string, data: PublishedEvent['data']) => {
  if (type === 'com.kontor.fulfillment.rejected.v1') {
    const { reason, lines = [] } = data as { reason?: string; lines?: readonly LineQuantity[] };
    return reason === 'timeout' ? { reason: 'no-answer', lines: lines.map(lineQuantityOf) } : undefined;
  }
  if (type === 'com.kontor.fulfillment.lines-cancelled.v1') {
    const { cancelled = [] } = data as { cancelled?: readonly LineQuantity[] };
    return { reason: 'cancelled', lines: cancelled.map(lineQuantityOf) };
  }
  return undefined;
};

const lineQuantityOf = ({ lineId, quantity }: LineQuantity): LineQuantity => ({ lineId, quantity });
