import {
  type Clock,
  type MarketplaceOffer,
  type MarketplaceOrder,
  type MarketplaceOrderLine,
  systemClock,
} from '#channels';
import { type JsonReply, type JsonRequest, JsonServer } from './json-server.js';
import { applyNotice, type SoldOrder } from './marketplace-orders.js';

/** The kinds of requests that have rate limits of their own. */
type RequestKind = 'orders' | 'notices' | 'offers';

interface MarketplaceSimulatorOptions {
  readonly token: string;
  /** Requests within any minute; further ones are answered with 429. */
  readonly perMinute?: Partial<Readonly<Record<RequestKind, number>>>;
  readonly clock?: Clock;
}

const MINUTE_MS = 60_000;

/** A marketplace with ids of its own that sells, takes offers and notices, and limits requests. */
export class MarketplaceSimulator {
  /** `unavailable` answers 503. */
  mode: 'normal' | 'unavailable' = 'normal';
  /** Its own order id → order. */
  readonly orders = new Map<string, SoldOrder>();
  /** Its own SKU → newest offer. */
  readonly offers = new Map<string, MarketplaceOffer>();
  /** Offers of these SKUs are rejected. */
  readonly refusedSkus = new Set<string>();
  /** The number of offers in each request. */
  readonly batches: number[] = [];
  /** Requests that must not happen: notices that are refused, and offers that are older than the one before. */
  readonly violations: string[] = [];
  /** The number of requests that were answered with 429. */
  throttled = 0;
  /** The number of notices that had been taken before. */
  duplicates = 0;
  private sequence = 0;
  private readonly noticeReplies = new Map<string, JsonReply>();
  private readonly requestTimes: Readonly<Record<RequestKind, number[]>> = { orders: [], notices: [], offers: [] };
  private readonly clock: Clock;
  private readonly server = new JsonServer((request) => this.answer(request));

  constructor(private readonly options: MarketplaceSimulatorOptions) {
    this.clock = options.clock ?? systemClock;
  }

  /** @returns its base URL, which is the same after every start */
  start(): Promise<string> {
    return this.server.start();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** A buyer orders. The SKUs are the marketplace's own. @returns its own id of the order */
  placeOrder(
    lines: readonly { sku: string; quantity: number; price?: string }[],
    more: Partial<MarketplaceOrder> = {},
  ): string {
    const order: MarketplaceOrder = {
      order_id: `BZ-${String(1_000_000 + this.orders.size)}`,
      status: 'WAITING_ACCEPTANCE',
      currency: 'GBP',
      shipping_price: '3.99',
      buyer: { name: 'Ada Lovelace', email: 'ada@example.com' },
      ship_to: { street: ['1 High Street'], zip: 'EH1 1AA', city: 'Edinburgh', country: 'GB' },
      lines: lines.map((line, index): MarketplaceOrderLine => {
        return { line_id: `L${index + 1}`, price: '8.5', cancel_requested: 0, title: 'A mug', ...line };
      }),
      ...more,
    };
    const units = { accepted: new Map(), shipped: new Map(), cancelled: new Map() };
    const notices = { shipments: [], cancellations: [], refunds: [] };
    this.orders.set(order.order_id, { order, sequence: ++this.sequence, ...units, ...notices });
    return order.order_id;
  }

  /** The buyer no longer wants some units of a line. */
  requestCancellation(orderId: string, lineId: string, quantity: number): void {
    const sold = this.orderOf(orderId);
    const lines = sold.order.lines.map((line) =>
      line.line_id === lineId ? { ...line, cancel_requested: line.cancel_requested + quantity } : line,
    );
    sold.order = { ...sold.order, lines };
    sold.sequence = ++this.sequence;
  }

  /** @throws Error where there is no such order */
  orderOf(orderId: string): SoldOrder {
    const sold = this.orders.get(orderId);
    if (!sold) throw new Error(`The marketplace has no order ${orderId}`);
    return sold;
  }

  get summary(): string {
    const answered = [...this.orders.values()].filter(({ order: { status } }) => status !== 'WAITING_ACCEPTANCE');
    return `${this.orders.size} orders (${answered.length} answered), ${this.batches.length} batches of offers, ${this.throttled} × 429`;
  }

  private answer(request: JsonRequest): JsonReply {
    const { method, headers, path, body } = request;
    if (this.mode === 'unavailable') return { status: 503 };
    if (headers.authorization !== `Bearer ${this.options.token}`) return { status: 401 };
    if (path[0] === 'offers') return this.throttle('offers') ?? this.takeOffers(body);
    if (method === 'GET') return this.throttle('orders') ?? this.readOrders(request);
    return this.throttle('notices') ?? this.takeNotice(request);
  }

  /** @returns a reply where the limit is reached */
  private throttle(kind: RequestKind): JsonReply | undefined {
    const now = this.clock.now();
    const times = this.requestTimes[kind];
    while (times[0] !== undefined && times[0] <= now - MINUTE_MS) times.shift();
    if (times.length >= (this.options.perMinute?.[kind] ?? Infinity)) {
      this.throttled++;
      return { status: 429, retryAfterSeconds: Math.ceil(((times[0] ?? now) + MINUTE_MS - now) / 1_000) };
    }
    times.push(now);
    return undefined;
  }

  private readOrders({ path: [, id], query }: JsonRequest): JsonReply {
    if (id === undefined) return this.readPage(query);
    const sold = this.orders.get(id);
    return sold ? { status: 200, body: sold.order } : { status: 404 };
  }

  private readPage(query: URLSearchParams): JsonReply {
    const [after, limit] = [Number(query.get('after')), Number(query.get('limit'))];
    const later = [...this.orders.values()].filter(({ sequence }) => sequence > after);
    const page = later.sort((one, other) => one.sequence - other.sequence).slice(0, limit);
    const cursor = String(page.at(-1)?.sequence ?? after);
    return { status: 200, body: { orders: page.map(({ order }) => order), cursor, more: later.length > page.length } };
  }

  private takeOffers(body: JsonRequest['body']): JsonReply {
    const { offers } = body as unknown as { offers: readonly MarketplaceOffer[] };
    this.batches.push(offers.length);
    const rejected = offers.filter(({ sku }) => this.refusedSkus.has(sku));
    for (const offer of offers) {
      const before = this.offers.get(offer.sku);
      if (before && offer.version < before.version) this.violations.push(`${offer.sku}: an offer that is out of date`);
      else if (!this.refusedSkus.has(offer.sku)) this.offers.set(offer.sku, offer);
    }
    return { status: 200, body: { rejected: rejected.map(({ sku }) => ({ sku, error: 'There is no such product' })) } };
  }

  private takeNotice({ headers, path, body }: JsonRequest): JsonReply {
    const [key, id = '', kind = ''] = [String(headers['idempotency-key']), path[1], path[2]];
    const before = this.noticeReplies.get(key);
    if (before) this.duplicates++;
    const reply = before ?? applyNotice(this.orders.get(id), kind, body);
    if (reply.status < 300) this.noticeReplies.set(key, reply);
    else this.violations.push(`${id}/${kind} is refused with ${reply.status}: ${JSON.stringify(body)}`);
    return reply;
  }
}
