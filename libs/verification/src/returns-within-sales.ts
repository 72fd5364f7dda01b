import { categoryOf, idOf, type Recorded } from '#event-store';
import { type OrderEvent } from '#orders';
import { type ReturnEvent } from '#returns';
import { Checker, grown, type Place } from './checker.js';

interface Returned {
  readonly orderId: string;
  readonly lineId: string;
  units: number;
  /** Of the last return. */
  at: Place;
}

/** Facts come in any order, so a return may be recorded before its sale: what was sold is looked up at the end. */
export class ReturnsWithinSales extends Checker {
  override readonly invariant = 'I7';
  override readonly title = 'no more comes back than the named line sold; returns that name none are flagged';
  override readonly categories = ['order', 'return'];
  /** By order and line: units that were not cancelled. */
  private readonly sold = new Map<string, Map<string, number>>();
  private readonly returned = new Map<string, Returned>();

  override see(recorded: Recorded): void {
    if (categoryOf(recorded.stream) === 'return') this.seeReturn(recorded);
    else this.seeOrder(idOf(recorded.stream), recorded.event as OrderEvent);
  }

  private seeOrder(orderId: string, event: OrderEvent) {
    if (event.type === 'OrderPlaced' || event.type === 'OrderRecorded') {
      this.sold.set(orderId, new Map(event.data.lines.map(({ lineId, quantity }) => [lineId, quantity])));
    } else if (event.type === 'OrderRejected') {
      this.sold.set(orderId, new Map());
    } else if (event.type === 'OrderLinesCancelled') {
      const lines = this.sold.get(orderId);
      for (const { lineId, quantity } of event.data.lines) lines?.set(lineId, (lines.get(lineId) ?? 0) - quantity);
    }
  }

  private seeReturn(recorded: Recorded) {
    const { type, data } = recorded.event as ReturnEvent;
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
