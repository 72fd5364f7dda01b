import { type JsonReply, type JsonRequest, JsonServer } from './json-server.js';

interface RequestedLine {
  readonly line_id: string;
  readonly sku: string;
  readonly quantity: number;
}

/** What the supplier was asked to send. */
export interface SupplierOrder {
  readonly request_id: string;
  readonly reference: string;
  readonly accept_by?: string;
  readonly ship_to: Readonly<Record<string, unknown>>;
  readonly lines: readonly RequestedLine[];
}

/** Where the adapter is, and a key of its channel. */
interface Kontor {
  readonly url: string;
  readonly key: string;
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

interface FeedOptions {
  readonly mode?: 'full' | 'delta';
  readonly format?: 'csv' | 'json';
  readonly sequence?: number;
  readonly asOf?: string;
}

/** A supplier as the other side of the adapter: has goods, sends feeds, and answers requests. For tests and demos. */
export class SupplierSimulator {
  mood: 'works' | 'away' = 'works';
  readonly stock = new Map<string, number>();
  readonly orders = new Map<string, SupplierOrder>();
  /** By the id of the request. */
  readonly cancellations = new Map<string, Readonly<Record<string, unknown>>[]>();
  readonly complaints: string[] = [];
  repeats = 0;
  feeds = 0;
  private sequence = 0;
  private readonly keys = new Set<string>();
  private readonly server = new JsonServer((request) => this.answer(request));

  constructor(private readonly token: string) {}

  /** Comes back at the same address. @returns it */
  start(): Promise<string> {
    return this.server.start();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  get line(): string {
    return `${this.feeds} feeds, ${this.orders.size} requests, ${this.cancellations.size} taken back`;
  }

  /** What is there now, of all articles or of some. */
  sendFeed(kontor: Kontor, skus: readonly string[], options: FeedOptions = {}): Promise<Answer> {
    const { mode = 'full', format = 'csv', sequence = ++this.sequence, asOf } = options;
    this.sequence = Math.max(this.sequence, sequence);
    this.feeds++;
    const rows = skus.map((sku) => ({ sku, quantity: this.stock.get(sku) ?? 0 }));
    const csv = ['sku;quantity', ...rows.map(({ sku, quantity }) => `${sku};${quantity}`)].join('\r\n');
    const query = new URLSearchParams({
      mode,
      sequence: String(sequence),
      rows: String(rows.length),
      ...(asOf && { asOf }),
    });
    const body = format === 'csv' ? csv : JSON.stringify({ items: rows });
    const type = format === 'csv' ? 'text/csv' : 'application/json';
    return this.send(kontor, ['POST', `/stock?${query.toString()}`], [type, body]);
  }

  accept(kontor: Kontor, id: string): Promise<Answer> {
    return this.say(kontor, id, 'accept', {});
  }

  reject(kontor: Kontor, id: string, reason: string): Promise<Answer> {
    return this.say(kontor, id, 'reject', { reason });
  }

  /** All of it leaves, and is there no more. */
  async ship(kontor: Kontor, id: string): Promise<Answer> {
    const body = { shipment_id: 'P-1', carrier: 'PARCEL4YOU', tracking: `T-${id.slice(0, 8)}` };
    const answer = await this.say(kontor, id, 'shipments', body);
    if (answer.status !== 200) return answer;
    for (const { sku, quantity } of this.orders.get(id)?.lines ?? [])
      this.stock.set(sku, (this.stock.get(sku) ?? 0) - quantity);
    return answer;
  }

  say(kontor: Kontor, id: string, what: string, body: object): Promise<Answer> {
    return this.send(
      kontor,
      ['POST', `/orders/${encodeURIComponent(id)}/${what}`],
      ['application/json', JSON.stringify(body)],
    );
  }

  async send(
    { url, key }: Kontor,
    [method, path]: readonly [method: string, path: string],
    [type, body]: readonly [type: string, body: string],
  ): Promise<Answer> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': type };
    const response = await fetch(url + path, { method, headers, body });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  private answer({ headers, path: [, id], body }: JsonRequest): JsonReply {
    if (this.mood === 'away') return { status: 503 };
    if (headers.authorization !== `Bearer ${this.token}`) return { status: 401 };
    const key = String(headers['idempotency-key']);
    if (this.keys.has(key)) this.repeats++;
    else this.learn(id, body);
    this.keys.add(key);
    return { status: 202 };
  }

  private learn(id: string | undefined, body: JsonRequest['body']) {
    if (id === undefined) {
      const order = body as unknown as SupplierOrder;
      if (this.orders.has(order.request_id)) this.complaints.push(`${order.request_id} is requested twice`);
      this.orders.set(order.request_id, order);
    } else this.cancellations.set(id, [...(this.cancellations.get(id) ?? []), body]);
  }
}
