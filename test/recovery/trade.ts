import { randomUUID } from 'node:crypto';
import { type Client } from '../support/client.js';
import { insist } from '../support/insist.js';
import { type Random } from '#kernel';
import { aLine, anOrder } from '../support/shop.js';
import { isDone, type Answered, type History } from './history.js';

const PLACES = ['warehouse', 'store'];
const CHANNELS = ['web', 'app', 'till'];

interface Held {
  readonly sku: string;
  readonly locationId: string;
  readonly reservationId: string;
}

/** One of many who trade at the same time, each with a plan of their own. */
export class Trader {
  private readonly orders: string[] = [];
  private readonly held: Held[] = [];

  constructor(
    private readonly client: Client,
    private readonly history: History,
    private readonly random: Random,
    private readonly skus: readonly string[],
  ) {}

  /** One thing after the other, until told to stop; what has begun is brought to its end. */
  async trade(signal: AbortSignal): Promise<void> {
    const acts = this.acts();
    while (!signal.aborted) await this.random.pick(acts)();
  }

  /** By how often they happen. */
  private acts(): readonly (() => Promise<unknown>)[] {
    const often = (times: number, act: () => Promise<unknown>) => Array.from({ length: times }, () => act);
    return [
      ...often(8, () => this.order()),
      ...often(2, () => this.receive()),
      ...often(2, () => this.hold()),
      ...often(2, () => this.cancel()),
      () => this.sell(),
      () => this.adjust(),
      () => this.endHold(),
      () => this.recordOrder(),
      () => this.recordReturn(),
      () => this.takeOut(),
    ];
  }

  private async send(name: string, body: object, channel = this.random.pick(CHANNELS)): Promise<Answered> {
    const call = { key: randomUUID(), channel, name, body };
    this.history.invoke(call);
    const onRetry = (why: string) => this.history.retry(call.key, why);
    const wait = name === 'PlaceOrder' ? { wait: 10 } : {};
    return this.history.answer(
      call,
      await insist(this.client, name, body, { key: call.key, channel, onRetry, ...wait }),
    );
  }

  private place() {
    return { sku: this.random.pick(this.skus), locationId: this.random.pick(PLACES) };
  }

  private async order() {
    const { random } = this;
    const line = (lineId: string) => aLine(random.pick(this.skus), random.between(1, 3), { lineId });
    const order = anOrder(Array.from({ length: random.between(1, 3) }, (_, index) => line(String(index + 1))));
    const placed = await this.send('PlaceOrder', order);
    if ((placed.answer as { state?: string }).state === 'confirmed') this.orders.push(order.orderId);
  }

  private receive() {
    return this.send('ReceiveStock', { ...this.place(), quantity: this.random.between(1, 8), ref: 'delivery' });
  }

  private sell() {
    const receipt = { tillId: 't1', receiptNo: randomUUID(), line: 1 };
    return this.send('RecordStoreSale', { ...this.place(), quantity: this.random.between(1, 2), ...receipt });
  }

  private adjust() {
    const delta = this.random.pick([-2, -1, 1, 2]);
    return this.send('AdjustStock', { ...this.place(), delta, reason: 'found', ref: 'walk' });
  }

  private takeOut() {
    return this.send('MarkStockUnavailable', { ...this.place(), quantity: 1, reason: 'damaged', ref: 'shelf' });
  }

  private async hold() {
    const at = { ...this.place(), reservationId: randomUUID() };
    const owner = { type: 'cart', id: randomUUID() };
    const wanted = { ...at, quantity: this.random.between(1, 2), kind: 'soft', owner };
    if (isDone(await this.send('ReserveStock', wanted, 'flash'))) this.held.push(at);
  }

  /** Some have run out by then. */
  private async endHold() {
    const at = this.held.shift();
    if (!at) return;
    if (this.random.next() < 0.5) await this.send('ReleaseReservation', { ...at, reason: 'cart emptied' });
    else await this.send('ConsumeReservation', { ...at, ref: 'parcel' });
  }

  private recordOrder() {
    const there = { method: 'carry-out', locationId: this.random.pick(PLACES) };
    const line = (lineId: string) =>
      aLine(this.random.pick(this.skus), this.random.between(1, 2), { lineId, ...there });
    return this.send('RecordOrder', anOrder([line('1'), line('2')], { currency: 'GBP' }));
  }

  private recordReturn() {
    const { sku, locationId } = this.place();
    const goods = { ...aLine(sku, this.random.between(1, 2)), method: undefined };
    const disposition = this.random.pick(['restock', 'damaged', 'refurbish', 'missing']);
    const lines = [{ ...goods, locationId, disposition }];
    return this.send('RecordReturn', { returnId: randomUUID(), currency: 'GBP', lines });
  }

  private async cancel() {
    const orderId = this.orders.shift();
    if (orderId === undefined) return;
    await this.send('CancelOrderLines', { orderId, lines: [{ lineId: '1', quantity: 1 }], reason: 'mind' });
  }
}
