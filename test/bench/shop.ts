import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { type Answer, HttpConnection } from './http-connection.js';
import { load, type Measured, summarize } from './load.js';
import { cpuBetween } from './processes.js';
import { type Product } from './product.js';
import { type Published } from './published.js';

const SKUS = 200;
/** The price of every SKU, in minor units. */
const PRICE = 1999;
const LOCATIONS = ['bench-north', 'bench-east', 'bench-south', 'bench-west'];

export interface Orders extends Measured {
  readonly concurrency: number;
  readonly cpuMsPerOrder: number;
  readonly cpuMsPerOrderBy: Readonly<Record<string, number>>;
  readonly answers: Readonly<Record<string, number>>;
  /** Milliseconds after the last answer until all of it was in Kafka. */
  readonly publishedAfterMs?: number;
}

export interface HotSku {
  readonly confirmed: number;
  readonly rejected: number;
  /** Other answers; there must be none. */
  readonly other: number;
  readonly seconds: number;
}

/** A shop with four locations, four channels that each prefer another location, and 200 SKUs. */
export class Shop {
  private readonly auth: string;
  /** Makes ids of this run unique. */
  private readonly run = randomUUID().slice(0, 8);
  private n = 0;

  constructor(
    private readonly product: Product,
    private readonly published: Published | undefined,
  ) {
    this.auth = `Authorization: Bearer ${product.adminKey}\r\n`;
  }

  async open(): Promise<void> {
    const connection = await HttpConnection.open(this.product.apiUrl);
    for (const locationId of LOCATIONS) {
      await this.must(connection, 'RegisterLocation', {
        locationId,
        name: locationId,
        type: 'warehouse',
        country: 'GB',
      });
    }
    for (const index of LOCATIONS.keys()) {
      const order = [...LOCATIONS.slice(index), ...LOCATIONS.slice(0, index)];
      const locations = order.map((locationId) => ({ locationId, methods: ['ship'], safetyStock: 0 }));
      const terms = { currency: 'GBP', locale: 'en-GB', reservationTtlSeconds: 900, promisesIncoming: false };
      await this.must(connection, 'ConfigureChannel', {
        channelId: `bench-${index}`,
        name: 'Bench',
        kind: 'web',
        locations,
        ...terms,
      });
    }
    connection.close();
    await load(this.product.apiUrl, 16, { count: SKUS * LOCATIONS.length }, (c, n) => {
      const [sku, locationId] = [`BENCH-${n % SKUS}`, LOCATIONS[Math.floor(n / SKUS)] ?? ''];
      return this.command(c, 'ReceiveStock', { sku, locationId, quantity: 1_000_000, ref: 'opening' });
    });
  }

  /** Places guest orders of one line, each with a new buyer, until they are confirmed and visible in the read model. */
  orders(concurrency: number, seconds: number): Promise<Orders> {
    return this.measured(concurrency, seconds, {});
  }

  /** Like {@link orders}, but paid by card: reserved, authorized by the provider, confirmed, and assigned to a location. */
  async checkouts(concurrency: number, seconds: number): Promise<Orders & { readonly assignedAfterMs: number }> {
    const before = await this.work();
    const tenders = [{ tenderId: 'card', kind: 'card', amount: PRICE, token: 'tok_visa' }];
    const measured = await this.measured(concurrency, seconds, { tenders });
    const begin = performance.now();
    while ((await this.work()) - before < measured.count) await pause(20);
    return { ...measured, assignedAfterMs: Math.round(performance.now() - begin) };
  }

  /** The number of fulfillment orders. */
  private async work(): Promise<number> {
    const db = new Client({ connectionString: this.product.databaseUrl });
    await db.connect();
    try {
      const { rows } = await db.query<{ n: number }>('SELECT count(*)::int AS n FROM read.fulfillment');
      return rows[0]?.n ?? 0;
    } finally {
      await db.end();
    }
  }

  private async measured(concurrency: number, seconds: number, more: object): Promise<Orders> {
    const before = this.product.usage();
    const { answers, ...measured } = await load(this.product.apiUrl, concurrency, { seconds }, (c, n) =>
      this.order(c, `BENCH-${n % SKUS}`, `bench-${n % LOCATIONS.length}`, more),
    );
    const cpu = cpuBetween(before, this.product.usage());
    const publishedAfterMs = await this.published?.caughtUpMs();
    const per = (ms: number) => Math.round((ms / measured.count) * 100) / 100;
    return {
      concurrency,
      ...measured,
      cpuMsPerOrder: per(cpu.total),
      cpuMsPerOrderBy: Object.fromEntries(Object.entries(cpu.each).map(([name, ms]) => [name, per(ms)])),
      answers: Object.fromEntries(answers),
      ...(publishedAfterMs !== undefined && { publishedAfterMs }),
    };
  }

  async availability(concurrency: number, seconds: number): Promise<Measured & { readonly concurrency: number }> {
    const { answers, ...measured } = await load(this.product.apiUrl, concurrency, { seconds }, (c, n) =>
      c.get(`/v1/availability?channel=bench-0&sku=BENCH-${n % SKUS}`, this.auth),
    );
    if (answers.size !== 1 || !answers.has('200'))
      throw new Error(`Availability answered ${JSON.stringify([...answers])}`);
    return { concurrency, ...measured };
  }

  async hotSku(units: number, buyers: number, concurrency: number): Promise<HotSku> {
    const sku = `HOT-${this.run}`;
    const connection = await HttpConnection.open(this.product.apiUrl);
    await this.must(connection, 'ReceiveStock', { sku, locationId: LOCATIONS[0], quantity: units, ref: 'hot' });
    connection.close();
    const { answers, seconds } = await load(this.product.apiUrl, concurrency, { count: buyers }, (c, n) =>
      this.order(c, sku, `bench-${n % LOCATIONS.length}`),
    );
    const confirmed = answers.get('200 confirmed') ?? 0;
    const rejected = [...answers].reduce((sum, [key, count]) => sum + (key.endsWith(' rejected') ? count : 0), 0);
    return { confirmed, rejected, other: buyers - confirmed - rejected, seconds };
  }

  /** Measures how long after its answer a command is visible to readers, while sixteen buyers place orders. */
  async visible(seconds: number): Promise<Measured> {
    const latencies: number[] = [];
    const connection = await HttpConnection.open(this.product.apiUrl);
    const busy = this.orders(16, seconds);
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      const sku = `BENCH-${this.n % SKUS}`;
      const { head } = await this.command(connection, 'ReceiveStock', {
        sku,
        locationId: LOCATIONS[0],
        quantity: 1,
        ref: 'visible',
      });
      const position = /\r\nkontor-position: *([^\r]+)/i.exec(head)?.[1] ?? '';
      const begin = performance.now();
      await connection.get(`/v1/stock/${sku}/${LOCATIONS[0]}`, `${this.auth}Kontor-Min-Position: ${position}\r\n`);
      latencies.push(performance.now() - begin);
    }
    await busy;
    connection.close();
    return summarize(latencies, seconds);
  }

  private order(connection: HttpConnection, sku: string, channel: string, more: object = {}): Promise<Answer> {
    const n = this.n++;
    const orderId = `bench-${this.run}-${n}`;
    const body = {
      orderId,
      contact: { name: `Buyer ${n}`, email: `buyer-${n}@example.com` },
      shipTo: { lines: [`${n} Bench Street`], city: 'Leeds', postalCode: 'LS1 1AA' },
      country: 'GB',
      lines: [
        { lineId: '1', sku, quantity: 1, unitPrice: { amount: PRICE, scale: 2 }, title: 'Bench item', method: 'ship' },
      ],
      charges: [],
      ...more,
    };
    return this.command(connection, 'PlaceOrder', body, `Kontor-Channel: ${channel}\r\nPrefer: wait=20\r\n`);
  }

  private command(connection: HttpConnection, name: string, body: object, headers = ''): Promise<Answer> {
    const head = `${this.auth}Idempotency-Key: ${randomUUID()}\r\n${headers}`;
    return connection.post(`/v1/commands/${name}`, head, JSON.stringify(body));
  }

  private async must(connection: HttpConnection, name: string, body: object) {
    const { status, body: answer } = await this.command(connection, name, body);
    if (status >= 300) throw new Error(`${name} answered ${status}: ${answer}`);
  }
}
