import { type JsonReply, type JsonRequest, JsonServer } from './json-server.js';

/** A request to send goods. */
export interface SupplierOrder {
  readonly request_id: string;
  readonly reference: string;
  readonly accept_by?: string;
  readonly ship_to: Readonly<Record<string, unknown>>;
  readonly lines: readonly { readonly line_id: string; readonly sku: string; readonly quantity: number }[];
}

/** Base URL of the adapter, and an API key of its channel. */
interface AdapterAddress {
  readonly url: string;
  readonly key: string;
}

interface AdapterAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

interface FeedOptions {
  readonly mode?: 'full' | 'delta';
  readonly format?: 'csv' | 'json';
  readonly sequence?: number;
  /** ISO 8601. */
  readonly asOf?: string;
}

/** A supplier that has stock, sends feeds, and answers the requests of the adapter. */
export class SupplierSimulator {
  /** `unavailable` answers 503. */
  mode: 'normal' | 'unavailable' = 'normal';
  readonly stock = new Map<string, number>();
  /** Id of the request → request. */
  readonly orders = new Map<string, SupplierOrder>();
  /** Id of the request → bodies of its cancellations. */
  readonly cancellations = new Map<string, Readonly<Record<string, unknown>>[]>();
  /** What must not happen, such as a request that comes twice under different keys. */
  readonly violations: string[] = [];
  /** The number of messages that had been taken before. */
  duplicates = 0;
  /** The number of feeds that it has sent. */
  feeds = 0;
  private sequence = 0;
  private readonly keys = new Set<string>();
  private readonly server = new JsonServer((request) => this.answer(request));

  constructor(private readonly token: string) {}

  /** @returns its base URL, which is the same after every start */
  start(): Promise<string> {
    return this.server.start();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  get summary(): string {
    return `${this.feeds} feeds, ${this.orders.size} requests, ${this.cancellations.size} cancelled`;
  }

  /** Sends the stock of the SKUs. */
  sendFeed(adapter: AdapterAddress, skus: readonly string[], options: FeedOptions = {}): Promise<AdapterAnswer> {
    const { mode = 'full', format = 'csv', sequence = ++this.sequence, asOf } = options;
    this.sequence = Math.max(this.sequence, sequence);
    this.feeds++;
    const rows = skus.map((sku) => ({ sku, quantity: this.stock.get(sku) ?? 0 }));
    const query = new URLSearchParams({ mode, sequence: String(sequence), rows: String(rows.length) });
    if (asOf !== undefined) query.set('asOf', asOf);
    const csv = ['sku;quantity', ...rows.map(({ sku, quantity }) => `${sku};${quantity}`)].join('\r\n');
    const body = format === 'csv' ? csv : JSON.stringify({ items: rows });
    const type = format === 'csv' ? 'text/csv' : 'application/json';
    return this.send(adapter, ['POST', `/stock?${query.toString()}`], [type, body]);
  }

  accept(adapter: AdapterAddress, id: string): Promise<AdapterAnswer> {
    return this.sendAnswer(adapter, id, 'accept', {});
  }

  reject(adapter: AdapterAddress, id: string, reason: string): Promise<AdapterAnswer> {
    return this.sendAnswer(adapter, id, 'reject', { reason });
  }

  /** Ships everything that was requested, out of its own stock. */
  async ship(adapter: AdapterAddress, id: string): Promise<AdapterAnswer> {
    const body = { shipment_id: 'P-1', carrier: 'PARCEL4YOU', tracking: `T-${id.slice(0, 8)}` };
    const answer = await this.sendAnswer(adapter, id, 'shipments', body);
    if (answer.status !== 200) return answer;
    for (const { sku, quantity } of this.orders.get(id)?.lines ?? [])
      this.stock.set(sku, (this.stock.get(sku) ?? 0) - quantity);
    return answer;
  }

  sendAnswer(adapter: AdapterAddress, id: string, kind: string, body: object): Promise<AdapterAnswer> {
    const path = `/orders/${encodeURIComponent(id)}/${kind}`;
    return this.send(adapter, ['POST', path], ['application/json', JSON.stringify(body)]);
  }

  async send(
    { url, key }: AdapterAddress,
    [method, path]: readonly [method: string, path: string],
    [type, body]: readonly [type: string, body: string],
  ): Promise<AdapterAnswer> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': type };
    const response = await fetch(url + path, { method, headers, body });
    return { status: response.status, body: (await response.json()) as AdapterAnswer['body'] };
  }

  private answer({ headers, path: [, id], body }: JsonRequest): JsonReply {
    if (this.mode === 'unavailable') return { status: 503 };
    if (headers.authorization !== `Bearer ${this.token}`) return { status: 401 };
    const key = String(headers['idempotency-key']);
    if (this.keys.has(key)) this.duplicates++;
    else this.take(id, body);
    this.keys.add(key);
    return { status: 202 };
  }

  /** @param id of the request that is cancelled; undefined for a new request */
  private take(id: string | undefined, body: JsonRequest['body']) {
    if (id !== undefined) {
      this.cancellations.set(id, [...(this.cancellations.get(id) ?? []), body]);
      return;
    }
    const order = body as unknown as SupplierOrder;
    if (this.orders.has(order.request_id)) this.violations.push(`${order.request_id} is requested twice`);
    this.orders.set(order.request_id, order);
  }
}
