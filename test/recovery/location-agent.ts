import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Client } from '../support/client.js';
import { type Random } from '#kernel';
import { Agent } from './agent.js';
import { isDone, type History } from './history.js';

interface Work {
  readonly fulfillmentId: string;
  readonly state: string;
  readonly method: string;
  readonly lines: readonly { readonly lineId: string; readonly open: number; readonly picked: number }[];
  readonly parcels: readonly { readonly parcelId: string; readonly shippedAt?: string }[];
}

const NOTHING_TO_DO_MS = 100;

/** A location that works on its fulfillment orders, and rejects some. */
export class LocationAgent extends Agent {
  private readonly shipped: object[] = [];

  constructor(
    private readonly locationId: string,
    ...[client, history, random]: [client: Client, history: History, random: Random]
  ) {
    super(client, history, random);
  }

  protected actions() {
    const work = () => this.work();
    return [work, work, work, work, () => this.deliver()];
  }

  private async work() {
    const page = await this.read(`/v1/locations/${this.locationId}/worklist?limit=30`);
    const items = (page?.['items'] ?? []) as readonly Work[];
    if (items.length === 0) await pause(NOTHING_TO_DO_MS);
    else await this.takeNextStep(this.random.pick(items));
  }

  private does(command: string, { fulfillmentId }: Work, more: object = {}) {
    return this.send(command, { fulfillmentId, locationId: this.locationId, ...more });
  }

  private async takeNextStep(work: Work) {
    const chance = this.random.next();
    if (work.state === 'ready') await this.does('HandOver', work, { proof: 'code 4711' });
    else if (chance < 0.06) await this.does('RejectFulfillment', work, { reason: this.rejectionReason() });
    else if (work.state === 'assigned' && chance < 0.5) await this.does('AcceptFulfillment', work);
    else if (work.method === 'pickup') await this.does('MarkReadyForPickup', work, this.pickupDeadline());
    else await this.dispatch(work);
  }

  private rejectionReason() {
    return this.random.pick(['not-found', 'damaged', 'no-capacity', 'closed']);
  }

  /** Some pickups expire soon. */
  private pickupDeadline() {
    return this.random.next() < 0.2 ? { until: new Date(Date.now() + 2_000).toISOString() } : {};
  }

  private async dispatch(work: Work) {
    const packed = work.parcels.find(({ shippedAt }) => shippedAt === undefined);
    if (packed) await this.ship(work, packed.parcelId);
    else await this.pack(work);
  }

  private async pack(work: Work) {
    const here = work.lines.filter(({ open, picked }) => open + picked > 0);
    if (here.length === 0) return;
    const { lineId, open } = this.random.pick(here);
    if (open > 0 && this.random.next() < 0.1) {
      await this.does('ReportShortPick', work, { lines: [{ lineId, quantity: 1 }], reason: this.rejectionReason() });
      return;
    }
    const all = here.map((line) => ({ lineId: line.lineId, quantity: line.open + line.picked }));
    const lines = this.random.next() < 0.3 ? [{ lineId, quantity: 1 }] : all;
    const parcelId = randomUUID();
    if (isDone(await this.does('PackParcel', work, { parcelId, lines }))) await this.ship(work, parcelId);
  }

  private async ship(work: Work, parcelId: string) {
    const shipped = await this.does('ShipParcel', work, { parcelId, carrier: 'royal-mail' });
    if (isDone(shipped)) this.shipped.push({ fulfillmentId: work.fulfillmentId, parcelId });
  }

  private async deliver() {
    const parcel = this.shipped.shift();
    if (parcel) await this.send('RecordDelivery', parcel);
  }
}
