import { type AvailabilityDelta, type Clock, isAuthenticWebhook, parseWebhookSecret, systemClock } from '#channels';
import { type JsonReply, type JsonRequest, JsonServer } from './json-server.js';

/** `failing` answers 500, `unavailable` answers 503, `hanging` does not answer. */
export type WebShopMode = 'normal' | 'failing' | 'unavailable' | 'hanging';

export interface ReceivedWebhook {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly type: string;
  /** A stream, or `sku-<SKU>`. */
  readonly subject: string;
  /** Grows from one webhook to the next about the same subject. */
  readonly sequence: number;
  readonly data: Readonly<Record<string, unknown>>;
}

interface WebhookBody {
  readonly type: string;
  readonly subject?: string;
  readonly revision?: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A web shop that receives webhooks, checks signature and order, and keeps stock and orders of its own. */
export class WebShopSimulator {
  mode: WebShopMode = 'normal';
  /** Webhooks about these subjects are answered with 422. */
  readonly refusedSubjects = new Set<string>();
  /** Accepted webhooks without duplicates, in the order of their arrival. */
  readonly webhooks: ReceivedWebhook[] = [];
  /** Arrival times of all requests, in milliseconds since 1970. */
  readonly requests: number[] = [];
  /** The number of webhooks that had been accepted before. */
  duplicates = 0;
  /** Webhooks that must not happen: out of order, or with a wrong signature. */
  readonly violations: string[] = [];
  /** SKU → units that it can sell. */
  readonly stock = new Map<string, number>();
  /** Order id → type of its last event. */
  readonly orders = new Map<string, string>();
  private readonly acceptedIds = new Set<string>();
  private readonly lastSequences = new Map<string, number>();
  private readonly server = new JsonServer((request) => this.answer(request));

  constructor(
    readonly secret: string,
    private readonly clock: Clock = systemClock,
  ) {}

  /** @returns the URL of its endpoint, which is the same after every start */
  async start(): Promise<string> {
    return `${await this.server.start()}/webhooks`;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** The number of requests that are not answered yet. */
  get openRequests(): number {
    return this.server.openRequests;
  }

  get summary(): string {
    return `${this.webhooks.length} webhooks, ${this.stock.size} SKUs, ${this.orders.size} orders`;
  }

  private answer(request: JsonRequest): JsonReply | Promise<JsonReply> {
    this.requests.push(this.clock.now());
    switch (this.mode) {
      case 'normal':
        return { status: this.receive(request) };
      case 'failing':
        return { status: 500 };
      case 'unavailable':
        return { status: 503 };
      case 'hanging':
        return new Promise(() => undefined);
    }
  }

  /** @returns the status of the answer */
  private receive({ headers, text, body }: JsonRequest): number {
    const now = this.clock.now();
    if (!isAuthenticWebhook(parseWebhookSecret(this.secret), headers, text, now / 1_000)) {
      this.violations.push('a webhook without a valid signature');
      return 401;
    }
    const id = String(headers['webhook-id']);
    const { type, data, ...others } = body as unknown as WebhookBody;
    const webhook = { id, receivedAt: now, type, data, ...subjectOf({ type, data, ...others }) };
    if (this.refusedSubjects.has(webhook.subject)) return 422;
    if (this.acceptedIds.has(id)) this.duplicates++;
    else this.accept(webhook);
    this.acceptedIds.add(id);
    return 204;
  }

  private accept(webhook: ReceivedWebhook) {
    const { subject, sequence, type, data } = webhook;
    const last = this.lastSequences.get(subject) ?? -1;
    if (sequence <= last) this.violations.push(`${subject}: ${sequence} came after ${last}`);
    this.lastSequences.set(subject, sequence);
    this.webhooks.push(webhook);
    if (subject.startsWith('sku-')) this.stock.set(subject.slice('sku-'.length), data['atp'] as number);
    else if (subject.startsWith('order-')) this.orders.set(subject.slice('order-'.length), type);
  }
}

const subjectOf = ({ subject, revision, data }: WebhookBody) => {
  if (subject !== undefined) return { subject, sequence: revision ?? 0 };
  const { sku, sequence } = data as unknown as AvailabilityDelta;
  return { subject: `sku-${sku}`, sequence };
};
