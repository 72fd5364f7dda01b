import { categoryOf, idOf, type Recorded } from '#event-store';
import { type LineQuantity, type OrderEvent } from '#orders';
import { type ReturnEvent } from '#returns';
import { Checker, getOrCreate, type LogReference } from './checker.js';
import { invariants } from './invariants.js';

interface RecordedReturns {
  readonly orderId: string;
  readonly lineId: string;
  units: number;
  lastReturn: LogReference;
}

/**
 * Recorded returns come in any order, perhaps before their sale, so they are compared with the sales at the end of the log. A
 * requested return is recorded in the stream of its order, which tells the units fulfilled until then.
 */
export class ReturnsWithinSales extends Checker {
  override readonly invariant = invariants.returnsWithinSales;
  /** By order and line: units that were ordered and not cancelled. */
  private readonly soldUnits = new Map<string, Map<string, number>>();
  /** By `<order>/<line>`: units that are with the buyer. */
  private readonly deliveredUnits = new Map<string, number>();
  /** By `<order>/<line>`. */
  private readonly recordedReturns = new Map<string, RecordedReturns>();

  override check(recorded: Recorded): void {
    if (categoryOf(recorded.stream) === 'return') this.checkReturnEvent(recorded);
    else this.checkOrderEvent(idOf(recorded.stream), recorded);
  }

  private checkOrderEvent(orderId: string, recorded: Recorded) {
    const { type, data } = recorded.event as OrderEvent;
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the other events sell and return nothing
    switch (type) {
      case 'OrderPlaced':
      case 'OrderRecorded':
        this.soldUnits.set(orderId, new Map(data.lines.map(({ lineId, quantity }) => [lineId, quantity])));
        if (type === 'OrderRecorded') this.addDelivered(orderId, data.lines, 1);
        return;
      case 'OrderEditApplied':
        for (const { lineId, quantity } of data.add) this.soldUnits.get(orderId)?.set(lineId, quantity);
        return;
      case 'OrderRejected':
        this.soldUnits.set(orderId, new Map());
        return;
      case 'OrderLinesCancelled':
        this.cancelUnits(orderId, data.lines);
        return;
      case 'OrderLinesFulfilled':
        this.addDelivered(orderId, data.lines, 1);
        return;
      case 'OrderLinesReturned':
        this.checked++;
        this.addDelivered(orderId, data.lines, -1);
        this.checkDelivered(orderId, data.lines, recorded);
        return;
      default:
    }
  }

  private cancelUnits(orderId: string, cancelled: readonly LineQuantity[]) {
    const lines = this.soldUnits.get(orderId);
    for (const { lineId, quantity } of cancelled) lines?.set(lineId, (lines.get(lineId) ?? 0) - quantity);
  }

  private addDelivered(orderId: string, lines: readonly LineQuantity[], sign: 1 | -1) {
    for (const { lineId, quantity } of lines) {
      const key = `${orderId}/${lineId}`;
      this.deliveredUnits.set(key, (this.deliveredUnits.get(key) ?? 0) + sign * quantity);
    }
  }

  private checkDelivered(orderId: string, returned: readonly LineQuantity[], recorded: Recorded) {
    for (const { lineId } of returned) {
      const units = this.deliveredUnits.get(`${orderId}/${lineId}`) ?? 0;
      if (units < 0)
        this.report(recorded, `${-units} units of line ${lineId} were returned that the buyer did not have`);
    }
  }

  private checkReturnEvent(recorded: Recorded) {
    const { type, data } = recorded.event as ReturnEvent;
    if (type === 'ReturnRequested' && data.orderId === undefined) this.flagged++;
    if (type !== 'ReturnRecorded') return;
    const { stream, revision, position } = recorded;
    for (const { original, quantity } of data.lines) {
      this.checked++;
      if (!original) {
        this.flagged++;
        continue;
      }
      const { orderId, lineId } = original;
      const lastReturn = { stream, revision, position };
      const none = { orderId, lineId, units: 0, lastReturn };
      const returns = getOrCreate(this.recordedReturns, `${orderId}/${lineId}`, () => none);
      returns.units += quantity;
      returns.lastReturn = lastReturn;
    }
  }

  override finish(): void {
    for (const { orderId, lineId, units, lastReturn } of this.recordedReturns.values()) {
      const order = this.soldUnits.get(orderId);
      const sold = order?.get(lineId) ?? 0;
      if (!order) this.flagged++;
      else if (units > sold) {
        const returned = `${units} units of line ${lineId} of order ${orderId} were returned`;
        this.report(lastReturn, `${returned}, but ${sold} were sold`);
      }
    }
  }
}
