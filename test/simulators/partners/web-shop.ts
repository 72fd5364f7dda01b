import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Clock, isAuthenticWebhook, type AvailabilityDelta, parseWebhookSecret, systemClock } from '#channels';

/** `fails`: answers 500; `away`: answers 503; `hangs`: does not answer. */
export type Mood = 'works' | 'fails' | 'away' | 'hangs';

export interface Webhook {
  readonly id: string;
  readonly at: number;
  readonly type: string;
  /** Of what it is about: a stream, or a SKU. */
  readonly subject: string;
  /** Grows with everything that is told of the subject. */
  readonly order: number;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Body {
  readonly type: string;
  readonly subject?: string;
  readonly revision?: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A web shop as the other side of the adapter: believes what is signed, and has a view of its own. For tests and demos. */
export class WebShopSimulator {
  mood: Mood = 'works';
  /** Subjects that it answers with 422. */
  readonly dislikes = new Set<string>();
  /** What it believed, once each, in the order of arrival. */
  readonly webhooks: Webhook[] = [];
  /** When requests came, whatever became of them. */
  readonly requests: number[] = [];
  repeats = 0;
  /** Told out of order, or signed by somebody else: what must not be. */
  readonly complaints: string[] = [];
  /** What it believes that it can sell. */
  readonly stock = new Map<string, number>();
  readonly orders = new Map<string, string>();
  /** Requests that it has not answered yet. */
  open = 0;
  private readonly known = new Set<string>();
  private readonly last = new Map<string, number>();
  private readonly server = createServer((request, response) => {
    void this.serve(request, response).catch(() => response.destroy());
  });
  private port = 0;

  constructor(
    readonly secret: string,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Comes back at the same address. @returns it */
  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) =>
      this.server.once('error', reject).listen(this.port, '127.0.0.1', resolve),
    );
    this.port = (this.server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.port}/webhooks`;
  }

  /** It is gone, connections and all. */
  async stop(): Promise<void> {
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve).closeAllConnections());
  }

  /** How many SKUs, orders and messages it knows, in one line. */
  get line(): string {
    return `${this.webhooks.length} webhooks, ${this.stock.size} SKUs, ${this.orders.size} orders`;
  }

  private async serve(request: IncomingMessage, response: ServerResponse) {
    this.open++;
    response.once('close', () => this.open--);
    this.requests.push(this.clock.now());
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (this.mood === 'hangs') return;
    const status = this.mood === 'works' ? this.take(request, Buffer.concat(parts).toString()) : STATUS[this.mood];
    response.writeHead(status).end();
  }

  private take({ headers }: IncomingMessage, text: string): number {
    const now = this.clock.now();
    if (!isAuthenticWebhook(parseWebhookSecret(this.secret), headers, text, now / 1_000)) {
      this.complaints.push('a webhook that nobody can believe');
      return 401;
    }
    const id = String(headers['webhook-id']);
    const { type, subject, revision, data } = JSON.parse(text) as Body;
    const webhook = { id, at: now, type, data, ...placeOf(subject, revision, data) };
    if (this.dislikes.has(webhook.subject)) return 422;
    if (this.known.has(id)) this.repeats++;
    else this.learn(webhook);
    this.known.add(id);
    return 204;
  }

  private learn(webhook: Webhook) {
    const { subject, order, type, data } = webhook;
    const last = this.last.get(subject) ?? -1;
    if (order <= last) this.complaints.push(`${subject}: ${order} came after ${last}`);
    this.last.set(subject, order);
    this.webhooks.push(webhook);
    if (subject.startsWith('sku-')) this.stock.set(subject.slice('sku-'.length), data['atp'] as number);
    else if (subject.startsWith('order-')) this.orders.set(subject.slice('order-'.length), type);
  }
}

const STATUS = { fails: 500, away: 503 };

const placeOf = (subject: string | undefined, revision: number | undefined, data: Body['data']) => {
  if (subject !== undefined) return { subject, order: revision ?? 0 };
  const { sku, sequence } = data as unknown as AvailabilityDelta;
  return { subject: `sku-${sku}`, order: sequence };
};
