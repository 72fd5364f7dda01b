import { categoryOf, idOf, type Recorded } from '#event-store';
import { type FulfillmentEvent, type LineQuantity } from '#fulfillment';
import { type StockEvent } from '#stock';
import { Checker, getOrCreate, isReactionDue, type LogReference, totalUnits } from './checker.js';
import { invariants } from './invariants.js';

interface LineQuantities {
  readonly assigned: number;
  /** Shipped to the buyer or to the pickup location. */
  shipped: number;
  /** Handed over, or put back on the shelf, at the location that was assigned. */
  concludedAtAssignedLocation: number;
  /** Handed over, or put back on the shelf, at the pickup location that they were shipped to. */
  concludedAtPickupLocation: number;
  rejected: number;
  cancelled: number;
}

type ConcludedQuantity = Exclude<keyof LineQuantities, 'assigned'>;

interface FulfillmentTotals extends LogReference {
  readonly lines: Map<string, LineQuantities>;
  readonly shippedParcels: Set<string>;
  /** Units that have left the location and must be issued from stock there. */
  departed: number;
  /** When the last of them left, in milliseconds since 1970. */
  departedAt: number;
}

const noUnits = (assigned = 0): LineQuantities => ({
  assigned,
  shipped: 0,
  concludedAtAssignedLocation: 0,
  concludedAtPickupLocation: 0,
  rejected: 0,
  cancelled: 0,
});

export class FulfillmentAddsUp extends Checker {
  override readonly invariant = invariants.fulfillmentAddsUp;
  private readonly fulfillments = new Map<string, FulfillmentTotals>();
  /** By fulfillment order: units issued from stock for it. */
  private readonly issuedUnits = new Map<string, number>();

  override check(recorded: Recorded): void {
    if (categoryOf(recorded.stream) === 'stock') this.checkStockEvent(recorded.event as StockEvent);
    else this.checkFulfillmentEvent(recorded, recorded.event as FulfillmentEvent);
  }

  private checkStockEvent({ type, data }: StockEvent) {
    if (type !== 'StockIssued' || data.cause !== 'fulfillment') return;
    this.issuedUnits.set(data.ref, (this.issuedUnits.get(data.ref) ?? 0) + data.quantity);
  }

  private checkFulfillmentEvent(recorded: Recorded, event: FulfillmentEvent) {
    const { stream, revision, position } = recorded;
    if (event.type === 'FulfillmentAssigned') {
      this.checked++;
      const lines = new Map(event.data.lines.map(({ lineId, quantity }) => [lineId, noUnits(quantity)]));
      const totals = { lines, shippedParcels: new Set<string>(), departed: 0, departedAt: 0 };
      this.fulfillments.set(idOf(stream), { ...totals, stream, revision, position });
      return;
    }
    const fulfillment = this.fulfillments.get(idOf(stream));
    if (fulfillment) this.applyChange(fulfillment, event, recorded);
    else this.report(recorded, `The fulfillment order was never assigned, but there is a ${event.type}`);
  }

  private applyChange(fulfillment: FulfillmentTotals, { type, data }: FulfillmentEvent, recorded: Recorded) {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the other events move no units
    switch (type) {
      case 'ParcelShipped':
        if (fulfillment.shippedParcels.has(data.parcelId)) {
          this.report(recorded, `Parcel ${data.parcelId} is shipped a second time`);
        }
        fulfillment.shippedParcels.add(data.parcelId);
        depart(fulfillment, data.lines, recorded.recordedAt);
        this.addUnits(fulfillment, data.lines, 'shipped', recorded);
        return;
      case 'HandedOver':
        if (!data.shippedHere) depart(fulfillment, data.lines, recorded.recordedAt);
        this.addUnits(fulfillment, data.lines, concludedAt(data), recorded);
        return;
      case 'PickupExpired':
        this.addUnits(fulfillment, data.lines, concludedAt(data), recorded);
        return;
      case 'FulfillmentRejected':
        this.addUnits(fulfillment, data.lines, 'rejected', recorded);
        return;
      case 'FulfillmentLinesCancelled':
        this.addUnits(fulfillment, data.cancelled, 'cancelled', recorded);
        return;
    }
  }

  private addUnits(
    { lines }: FulfillmentTotals,
    moved: readonly LineQuantity[],
    quantityName: ConcludedQuantity,
    recorded: Recorded,
  ) {
    for (const { lineId, quantity } of moved) {
      const line = getOrCreate(lines, lineId, noUnits);
      line[quantityName] += quantity;
      const { assigned, shipped, concludedAtAssignedLocation, concludedAtPickupLocation, rejected, cancelled } = line;
      const concluded = shipped + concludedAtAssignedLocation + rejected + cancelled;
      if (concluded > assigned) {
        const gone = `${concluded} units of line ${lineId} left, were rejected or were cancelled`;
        this.report(recorded, `${gone}, but ${assigned} were assigned`);
      }
      if (concludedAtPickupLocation > shipped) {
        const atPickup = `${concludedAtPickupLocation} units of line ${lineId} were handed over or put back`;
        this.report(recorded, `${atPickup} where ${shipped} had been shipped`);
      }
    }
  }

  override finish(now: number): void {
    for (const [fulfillmentId, fulfillment] of this.fulfillments) {
      const { departed, departedAt } = fulfillment;
      const issued = this.issuedUnits.get(fulfillmentId) ?? 0;
      if (issued === departed || !isReactionDue(departedAt, now)) continue;
      this.report(fulfillment, `${departed} units have left, but ${issued} were issued from stock`);
    }
  }
}

const depart = (fulfillment: FulfillmentTotals, lines: readonly LineQuantity[], recordedAt: number) => {
  fulfillment.departed += totalUnits(lines);
  fulfillment.departedAt = recordedAt;
};

const concludedAt = ({ shippedHere }: { readonly shippedHere?: boolean }): ConcludedQuantity =>
  shippedHere ? 'concludedAtPickupLocation' : 'concludedAtAssignedLocation';
