import { categoryOf, idOf, type Recorded } from '#event-store';
import { type FulfillmentEvent, type LineQuantity } from '#fulfillment';
import { type StockEvent } from '#stock';
import { Checker, grown, type Place } from './checker.js';

/** Processes had this long to book what left. */
const GRACE_MS = 60_000;

interface Units {
  readonly assigned: number;
  /** Left with a carrier, to the buyer or to where it is collected. */
  shipped: number;
  /** Left with the buyer, or went back to the shelf, where they were from the beginning. */
  here: number;
  /** As `here`, of those that were shipped to where they are collected. */
  there: number;
  rejected: number;
  cancelled: number;
}

interface Work extends Place {
  readonly lines: Map<string, Units>;
  readonly parcels: Set<string>;
  /** Units that must be booked out of stock, and when the last of them left. */
  left: number;
  leftAt: number;
}

type Share = 'shipped' | 'here' | 'there' | 'rejected' | 'cancelled';

export class WorkAddsUp extends Checker {
  override readonly invariant = 'I20';
  override readonly title =
    'no unit of a fulfilment order leaves twice, or after it was cancelled; what has left is booked out of stock';
  override readonly categories = ['fulfillment', 'stock'];
  private readonly work = new Map<string, Work>();
  /** Units issued for a fulfilment order. */
  private readonly issued = new Map<string, number>();

  override see(recorded: Recorded): void {
    if (categoryOf(recorded.stream) === 'stock') this.seeStock(recorded.event as StockEvent);
    else this.seeWork(recorded, recorded.event as FulfillmentEvent);
  }

  private seeStock({ type, data }: StockEvent) {
    if (type !== 'StockIssued' || data.cause !== 'fulfillment') return;
    this.issued.set(data.ref, (this.issued.get(data.ref) ?? 0) + data.quantity);
  }

  private seeWork(recorded: Recorded, event: FulfillmentEvent) {
    const id = idOf(recorded.stream);
    if (event.type === 'FulfillmentAssigned') {
      this.checked++;
      const none = { shipped: 0, here: 0, there: 0, rejected: 0, cancelled: 0 };
      const lines = event.data.lines.map(({ lineId, quantity }) => [lineId, { assigned: quantity, ...none }] as const);
      const { stream, revision, position } = recorded;
      const begun = { lines: new Map(lines), parcels: new Set<string>(), left: 0, leftAt: 0 };
      this.work.set(id, { ...begun, stream, revision, position });
      return;
    }
    const work = this.work.get(id);
    if (work) this.goOn(work, event, recorded);
    else this.fail(recorded, `Nothing was assigned, but there is a ${event.type}`);
  }

  private goOn(work: Work, event: FulfillmentEvent, recorded: Recorded) {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others move no units away
    switch (event.type) {
      case 'ParcelShipped':
        if (work.parcels.has(event.data.parcelId)) this.fail(recorded, `Parcel ${event.data.parcelId} leaves twice`);
        work.parcels.add(event.data.parcelId);
        this.leave(work, event.data.lines, recorded.recordedAt);
        {
          this.move(work, event.data.lines, 'shipped', recorded);
          return;
        }
      case 'HandedOver':
        if (!event.data.shippedHere) this.leave(work, event.data.lines, recorded.recordedAt);
        {
          this.move(work, event.data.lines, event.data.shippedHere ? 'there' : 'here', recorded);
          return;
        }
      case 'PickupExpired': {
        this.move(work, event.data.lines, event.data.shippedHere ? 'there' : 'here', recorded);
        return;
      }
      case 'FulfillmentRejected': {
        this.move(work, event.data.lines, 'rejected', recorded);
        return;
      }
      case 'FulfillmentLinesCancelled': {
        this.move(work, event.data.cancelled, 'cancelled', recorded);
        return;
      }
    }
  }

  private leave(work: Work, lines: readonly LineQuantity[], at: number) {
    work.left += lines.reduce((all, { quantity }) => all + quantity, 0);
    work.leftAt = at;
  }

  private move(work: Work, lines: readonly LineQuantity[], to: Share, recorded: Recorded) {
    for (const { lineId, quantity } of lines) {
      const line = grown(work.lines, lineId, nothing);
      line[to] += quantity;
      const { assigned, shipped, here, there, rejected, cancelled } = line;
      const gone = shipped + here + rejected + cancelled;
      if (gone > assigned) {
        this.fail(recorded, `Of line ${lineId} ${gone} units left or were given up, but ${assigned} were assigned`);
      }
      if (there > shipped) {
        this.fail(recorded, `Of line ${lineId} ${there} units left where ${shipped} had been sent`);
      }
    }
  }

  override end(now: number): void {
    for (const [id, work] of this.work) {
      const issued = this.issued.get(id) ?? 0;
      if (issued === work.left || work.leftAt > now - GRACE_MS) continue;
      this.fail(work, `${work.left} units have left, but ${issued} are booked out of stock`);
    }
  }
}

const nothing = (): Units => ({ assigned: 0, shipped: 0, here: 0, there: 0, rejected: 0, cancelled: 0 });
