import {
  type Clock,
  systemClock,
  type MarketplaceOrderLine,
  type MarketplaceOffer,
  type MarketplaceOrder,
} from '#channels';
import { type JsonReply, type JsonRequest, JsonServer } from './json-server.js';
import { type Body, learn, type SoldOrder } from './marketplace-orders.js';

/** Which requests are counted together. */
type Limit = 'orders' | 'notices' | 'offers';

interface Options {
  readonly token: string;
  /** Requests within any minute; more are answered with 429. */
  readonly perMinute?: Partial<Readonly<Record<Limit, number>>>;
  readonly clock?: Clock;
}

const MINUTE_MS = 60_000;

/** A marketplace as the other side of the adapter: sells by its own ids, counts requests, and complains. For tests and demos. */
export class MarketplaceSimulator {
  /** `away`: answers 503. */
  mood: 'works' | 'away' = 'works';
  readonly sold = new Map<string, SoldOrder>();
  readonly offers = new Map<string, MarketplaceOffer>();
  /** SKUs of its own that it does not take offers for. */
  readonly dislikes = new Set<string>();
  /** Sizes of the batches of offers that it took. */
  readonly batches: number[] = [];
  readonly complaints: string[] = [];
  /** Requests that it answered with 429. */
  limited = 0;
  repeats = 0;
  private sequence = 0;
  private readonly notices = new Map<string, JsonReply>();
  private readonly times: Readonly<Record<Limit, number[]>> = { orders: [], notices: [], offers: [] };
  private readonly clock: Clock;
  private readonly server = new JsonServer((request) => this.answer(request));

  constructor(private readonly options: Options) {
    this.clock = options.clock ?? systemClock;
  }

  /** Comes back at the same address. @returns it */
  start(): Promise<string> {
    return this.server.start();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** Somebody buys: SKUs are its own. @returns its own number of the order */
  buy(
    lines: readonly { sku: string; quantity: number; price?: string }[],
    more: Partial<MarketplaceOrder> = {},
  ): string {
    const order: MarketplaceOrder = {
      order_id: `BZ-${String(1_000_000 + this.sold.size)}`,
      status: 'WAITING_ACCEPTANCE',
      created_at: new Date(this.clock.now()).toISOString(),
      currency: 'GBP',
      shipping_price: '3.99',
      buyer: { name: 'Ada Lovelace', email: 'ada@example.com' },
      ship_to: { street: ['1 High Street'], zip: 'EH1 1AA', city: 'Edinburgh', country: 'GB' },
      lines: lines.map((line, index): MarketplaceOrderLine => {
        return { line_id: `L${index + 1}`, price: '8.5', cancel_requested: 0, title: 'A mug', ...line };
      }),
      ...more,
    };
    const counts = { accepted: new Map(), shipped: new Map(), cancelled: new Map() };
    const told = { shipments: [], cancellations: [], refunds: [] };
    this.sold.set(order.order_id, { order, sequence: ++this.sequence, ...counts, ...told });
    return order.order_id;
  }

  /** It, or the buyer, wants so many units of a line no more. */
  wantsNoMore(orderId: string, lineId: string, quantity: number): void {
    const sold = this.of(orderId);
    const lines = sold.order.lines.map((line) =>
      line.line_id === lineId ? { ...line, cancel_requested: line.cancel_requested + quantity } : line,
    );
    sold.order = { ...sold.order, lines };
    sold.sequence = ++this.sequence;
  }

  /** @throws Error for an order that it never had */
  of(orderId: string): SoldOrder {
    const sold = this.sold.get(orderId);
    if (!sold) throw new Error(`The marketplace has no order ${orderId}`);
    return sold;
  }

  /** How many orders, offers and requests, in one line. */
  get line(): string {
    const answered = [...this.sold.values()].filter(({ order: { status } }) => status !== 'WAITING_ACCEPTANCE').length;
    return `${this.sold.size} orders (${answered} answered), ${this.batches.length} batches of offers, ${this.limited} × 429`;
  }

  private answer(request: JsonRequest): JsonReply {
    const { method, headers, path, body } = request;
    if (this.mood === 'away') return { status: 503 };
    if (headers.authorization !== `Bearer ${this.options.token}`) return { status: 401 };
    if (path[0] === 'offers') return this.count('offers') ?? this.takeOffers(body);
    if (method === 'GET') return this.count('orders') ?? this.look(request);
    return this.count('notices') ?? this.takeNotice(request);
  }

  private count(limit: Limit): JsonReply | undefined {
    const now = this.clock.now();
    const times = this.times[limit];
    while (times[0] !== undefined && times[0] <= now - MINUTE_MS) times.shift();
    if (times.length >= (this.options.perMinute?.[limit] ?? Infinity)) {
      this.limited++;
      return { status: 429, retryAfter: Math.ceil(((times[0] ?? now) + MINUTE_MS - now) / 1_000) };
    }
    times.push(now);
    return undefined;
  }

  private look({ path: [, id], query }: JsonRequest): JsonReply {
    if (id === undefined) return this.page(query);
    const sold = this.sold.get(id);
    return sold ? { status: 200, body: sold.order } : { status: 404 };
  }

  private page(query: URLSearchParams): JsonReply {
    const [after, limit] = [Number(query.get('after')), Number(query.get('limit'))];
    const later = [...this.sold.values()].filter(({ sequence }) => sequence > after);
    const page = later.sort((one, other) => one.sequence - other.sequence).slice(0, limit);
    const cursor = String(page.at(-1)?.sequence ?? after);
    return { status: 200, body: { orders: page.map(({ order }) => order), cursor, more: later.length > page.length } };
  }

  private takeOffers(body: Body): JsonReply {
    const { offers } = body as unknown as { offers: readonly MarketplaceOffer[] };
    this.batches.push(offers.length);
    const rejected = offers.filter(({ sku }) => this.dislikes.has(sku));
    for (const offer of offers) {
      const before = this.offers.get(offer.sku);
      if (before && offer.version < before.version) this.complaints.push(`${offer.sku}: an offer that is old`);
      else if (!this.dislikes.has(offer.sku)) this.offers.set(offer.sku, offer);
    }
    return { status: 200, body: { rejected: rejected.map(({ sku }) => ({ sku, error: 'There is no such product' })) } };
  }

  private takeNotice({ headers, path, body }: JsonRequest): JsonReply {
    const [key, id = '', what = ''] = [String(headers['idempotency-key']), path[1], path[2]];
    const known = this.notices.get(key);
    if (known) this.repeats++;
    const reply = known ?? learn(this.sold.get(id), what, body);
    if (reply.status < 300) this.notices.set(key, reply);
    else this.complaints.push(`${id}/${what} is refused with ${reply.status}: ${JSON.stringify(body)}`);
    return reply;
  }
}
