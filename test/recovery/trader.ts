import { randomUUID } from 'node:crypto';
import { aLine, anOrder } from '../support/shop.js';
import { Agent, often, PLACES } from './agent.js';
import { isDone } from './history.js';

interface Held {
  readonly sku: string;
  readonly locationId: string;
  readonly reservationId: string;
}

/** Moves goods by deliveries, corrections, till sales, returns and reservations. */
export class Trader extends Agent {
  private readonly held: Held[] = [];
  skus: readonly string[] = [];

  protected actions() {
    return [
      ...often(4, () => this.receive()),
      ...often(2, () => this.hold()),
      () => this.sell(),
      () => this.adjust(),
      () => this.endHold(),
      () => this.recordOrder(),
      () => this.recordReturn(),
      () => this.takeOut(),
    ];
  }

  private place() {
    return { sku: this.random.pick(this.skus), locationId: this.random.pick(PLACES) };
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

  /** Ends a reservation, which may have expired already. */
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
}
