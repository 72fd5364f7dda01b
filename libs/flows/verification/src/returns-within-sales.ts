import { categoryOf, idOf, type Recorded } from '#event-store';
import { type LineQuantity, type OrderEvent } from '#orders';
import { type ReturnEvent } from '#returns';
import { Checker, grown, type Place } from './checker.js';

interface Returned {
  readonly orderId: string;
  readonly lineId: string;
  units: number;
  /** Of the last return. */
  at: Place;
}

/**
 * Recorded returns are facts that come in any order, maybe before their sale: what was sold is looked up at the end. A
 * return with a life of its own is taken back by the order, whose stream says at that moment what had been fulfilled.
 */
export class ReturnsWithinSales extends Checker {
  override readonly invariant = 'I7';
  override readonly title = 'no more comes back than the named line sold; returns that name none are flagged';
  override readonly categories = ['order', 'return'];
  /** By order and line: units that were not cancelled. */
  private readonly sold = new Map<string, Map<string, number>>();
  /** By order and line: units that are with the buyer. */
  private readonly kept = new Map<string, number>();
  private readonly returned = new Map<string, Returned>();

  override see(recorded: Recorded): void {
    if (categoryOf(recorded.stream) === 'return') this.seeReturn(recorded);
    else this.seeOrder(idOf(recorded.stream), recorded);
  }

  private seeOrder(orderId: string, recorded: Recorded) {
    const { type, data } = recorded.event as OrderEvent;
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others sell nothing and take nothing back
    switch (type) {
      case 'OrderPlaced':
      case 'OrderRecorded':
        this.sold.set(orderId, new Map(data.lines.map(({ lineId, quantity }) => [lineId, quantity])));
        if (type === 'OrderRecorded') this.keep(orderId, data.lines, 1);
        return;
      case 'OrderEditApplied':
        for (const { lineId, quantity } of data.add) this.sold.get(orderId)?.set(lineId, quantity);
        return;
      case 'OrderRejected':
        this.sold.set(orderId, new Map());
        return;
      case 'OrderLinesCancelled':
        this.cancel(orderId, data.lines);
        return;
      case 'OrderLinesFulfilled':
        this.keep(orderId, data.lines, 1);
        return;
      case 'OrderLinesReturned':
        this.checked++;
        this.keep(orderId, data.lines, -1);
        this.compare(orderId, data.lines, recorded);
        return;
      default:
    }
  }

  private cancel(orderId: string, units: readonly LineQuantity[]) {
    const lines = this.sold.get(orderId);
    for (const { lineId, quantity } of units) lines?.set(lineId, (lines.get(lineId) ?? 0) - quantity);
  }

  private keep(orderId: string, units: readonly LineQuantity[], sign: 1 | -1) {
    for (const { lineId, quantity } of units) {
      const key = `${orderId}/${lineId}`;
      this.kept.set(key, (this.kept.get(key) ?? 0) + sign * quantity);
    }
  }

  private compare(orderId: string, units: readonly LineQuantity[], recorded: Recorded) {
    for (const { lineId } of units) {
      const left = this.kept.get(`${orderId}/${lineId}`) ?? 0;
      if (left < 0) this.fail(recorded, `${-left} units of line ${lineId} came back that the buyer did not have`);
    }
  }

  private seeReturn(recorded: Recorded) {
    const { type, data } = recorded.event as ReturnEvent;
    if (type === 'ReturnRequested' && data.orderId === undefined) this.flagged++;
    if (type !== 'ReturnRecorded') return;
    for (const { original, quantity } of data.lines) {
      this.checked++;
      if (!original) {
        this.flagged++;
        continue;
      }
      const { orderId, lineId } = original;
      const line = grown(this.returned, `${orderId}/${lineId}`, () => ({ orderId, lineId, units: 0, at: recorded }));
      line.units += quantity;
      const { stream, revision, position } = recorded;
      line.at = { stream, revision, position };
    }
  }

  override end(): void {
    for (const { orderId, lineId, units, at } of this.returned.values()) {
      const order = this.sold.get(orderId);
      const sold = order?.get(lineId) ?? 0;
      if (!order) this.flagged++;
      else if (units > sold) {
        this.fail(at, `${units} units of line ${lineId} of order ${orderId} came back, but ${sold} were sold`);
      }
    }
  }
}
