import { categoryOf, idOf, type Recorded } from '#event-store';
import { type LineQuantity, type OrderEvent } from '#orders';
import { type ReturnEvent } from '#returns';
import { Checker, getOrCreate, type LogReference } from './checker.js';
import { invariants } from './invariants.js';

/** Units of one order line that came back in any way. */
interface ReturnedUnits {
  readonly orderId: string;
  readonly lineId: string;
  units: number;
  /** The first return that names the line. */
  readonly firstReturn: LogReference;
  lastReturn: LogReference;
}

/**
 * The stream of an order tells the units that are with the buyer, of which its returns may take no more. What really came back,
 * at tills and by requested returns, may be more; it comes in any order, perhaps before its sale, so it is compared with the sales
 * at the end of the log.
 */
export class ReturnsWithinSales extends Checker {
  override readonly invariant = invariants.returnsWithinSales;
  /** By order and line: units that were ordered and not cancelled. */
  private readonly soldUnits = new Map<string, Map<string, number>>();
  /** By `<order>/<line>`: units that are with the buyer. */
  private readonly deliveredUnits = new Map<string, number>();
  /** By `<order>/<line>`. */
  private readonly returned = new Map<string, ReturnedUnits>();

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
        for (const units of [...data.lines, ...(data.excess ?? [])]) this.addReturned(orderId, units, recorded);
        this.takeBack(orderId, data.lines, recorded);
        return;
      case 'OrderReturnRecorded': // its units are those of ReturnRecorded
        this.takeBack(orderId, data.lines, recorded);
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

  private takeBack(orderId: string, lines: readonly LineQuantity[], recorded: Recorded) {
    this.checked++;
    this.addDelivered(orderId, lines, -1);
    this.checkDelivered(orderId, lines, recorded);
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
    if (type === 'ReturnRequested' && data.orderId === undefined) this.flagBlind(recorded);
    if (type !== 'ReturnRecorded') return;
    for (const { original, quantity } of data.lines) {
      this.checked++;
      if (original) this.addReturned(original.orderId, { lineId: original.lineId, quantity }, recorded);
      else this.flagBlind(recorded);
    }
  }

  private flagBlind(recorded: Recorded) {
    this.flag('return-without-sale', recorded, 'The return names no order');
  }

  private addReturned(orderId: string, { lineId, quantity }: LineQuantity, recorded: Recorded) {
    const { stream, revision, position } = recorded;
    const lastReturn = { stream, revision, position };
    const none = { orderId, lineId, units: 0, firstReturn: lastReturn, lastReturn };
    const returned = getOrCreate(this.returned, `${orderId}/${lineId}`, () => none);
    returned.units += quantity;
    returned.lastReturn = lastReturn;
  }

  override finish(): void {
    for (const { orderId, lineId, units, firstReturn, lastReturn } of this.returned.values()) {
      const order = this.soldUnits.get(orderId);
      const sold = order?.get(lineId) ?? 0;
      if (!order) this.flag('return-without-sale', firstReturn, `Kontor has no order ${orderId}`);
      else if (units > sold) {
        const returned = `${units} units of line ${lineId} of order ${orderId} were returned`;
        this.flag('returned-more-than-sold', lastReturn, `${returned}, but ${sold} were sold`);
      }
    }
  }
}
