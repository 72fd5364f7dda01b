/** Fulfillment orders, folded from the log independently of the product's code, with their faults. */
import { type Logged } from '../support/read-log.js';
import { type OrderModel } from './order-model.js';
import { type StockModel } from './stock-model.js';

interface Part {
  readonly lineId: string;
  readonly quantity: number;
}

interface WorkData {
  readonly orderId: string;
  readonly lines?: readonly Part[];
  readonly cancelled?: readonly Part[];
  readonly parcelId?: string;
  readonly cause?: string;
  readonly ref?: string;
  readonly quantity?: number;
}

/** The units of a line: `open` are still to be done, `left` have gone to the carrier or buyer, `withdrawn` were rejected or cancelled. */
interface Units {
  open: number;
  left: number;
  withdrawn: number;
}

const MOVES: Readonly<Record<string, 'left' | 'withdrawn'>> = {
  ParcelShipped: 'left',
  HandedOver: 'left',
  FulfillmentRejected: 'withdrawn',
  PickupExpired: 'withdrawn',
  FulfillmentLinesCancelled: 'withdrawn',
};

export class FulfillmentModel {
  readonly faults: string[] = [];
  /** Fulfillment order → its order, and its lines. */
  private readonly work = new Map<string, { readonly orderId: string; readonly lines: Map<string, Units> }>();
  private readonly parcels = new Set<string>();
  /** Fulfillment order → units that stock has booked out for it. */
  private readonly issued = new Map<string, number>();

  constructor(log: readonly Logged[]) {
    for (const logged of log) {
      if (logged.stream.startsWith('fulfillment-')) this.fold(logged, logged.data as WorkData);
      else if (logged.type === 'StockIssued') this.issue(logged.data as WorkData);
    }
  }

  private fold(logged: Logged, data: WorkData) {
    const { type } = logged;
    if (type === 'FulfillmentAssigned') this.assign(logged, data);
    if (type === 'ParcelShipped') this.ship(logged, data);
    const { lines = [], cancelled = lines } = data;
    const to = MOVES[type];
    if (to) for (const part of cancelled) this.move(logged, part, to);
  }

  private ship(logged: Logged, { parcelId = '' }: WorkData) {
    const parcel = `${logged.stream} ${parcelId}`;
    if (this.parcels.has(parcel)) this.fault(logged, 'leaves twice');
    this.parcels.add(parcel);
  }

  private assign(logged: Logged, { orderId, lines = [] }: WorkData) {
    const id = idOf(logged.stream);
    if (this.work.has(id)) this.fault(logged, 'is assigned twice');
    const units = lines.map(({ lineId, quantity }) => [lineId, { open: quantity, left: 0, withdrawn: 0 }] as const);
    this.work.set(id, { orderId, lines: new Map(units) });
  }

  private move(logged: Logged, { lineId, quantity }: Part, to: 'left' | 'withdrawn') {
    const line = this.work.get(idOf(logged.stream))?.lines.get(lineId);
    if (!line || line.open < quantity) this.fault(logged, `${quantity} units of line ${lineId} are not there`);
    if (!line) return;
    line.open -= quantity;
    line[to] += quantity;
  }

  private issue({ cause, ref = '', quantity = 0 }: WorkData) {
    if (cause === 'fulfillment') this.issued.set(ref, (this.issued.get(ref) ?? 0) + quantity);
  }

  private fault({ stream, revision, type }: Logged, what: string) {
    this.faults.push(`${stream}@${revision} ${type}: ${what}`);
  }

  /** At rest, units that left are issued from stock and fulfilled in the order, once. */
  notBooked(orders: OrderModel): string[] {
    return [...this.work].flatMap(([id, { lines }]) => {
      const left = [...lines.values()].reduce((all, units) => all + units.left, 0);
      const issued = this.issued.get(id) ?? 0;
      const differing = [...lines].filter(
        ([lineId, units]) => units.left !== (orders.left.get(`${id} ${lineId}`) ?? 0),
      );
      return [
        ...(left === issued ? [] : [`${id}: ${left} units left, ${issued} are out of stock`]),
        ...differing.map(([lineId, units]) => {
          return `${id} line ${lineId}: ${units.left} units left, the order knows ${orders.left.get(`${id} ${lineId}`)}`;
        }),
      ];
    });
  }

  /** At rest, all reserved units of an order are assigned to a location, except for backordered ones. */
  forgotten(orders: OrderModel, stock: StockModel): string[] {
    const open = new Map<string, number>();
    for (const { orderId, lines } of this.work.values()) {
      for (const [lineId, units] of lines) {
        open.set(`${orderId} ${lineId}`, (open.get(`${orderId} ${lineId}`) ?? 0) + units.open);
      }
    }
    const waits = new Set([...stock.open.values()].filter(({ waiting }) => waiting > 0).map(({ owner }) => owner.id));
    return [...orders.orders].flatMap(([orderId, { lines }]) =>
      [...lines].flatMap(([lineId, { open: unplanned, allocated }]) => {
        const assigned = open.get(`${orderId} ${lineId}`) ?? 0;
        const missing = allocated - assigned;
        const isRight = unplanned === 0 && (missing === 0 || (missing > 0 && waits.has(orderId)));
        return isRight
          ? []
          : [`${orderId} line ${lineId}: ${unplanned} open, ${allocated} reserved, ${assigned} in work`];
      }),
    );
  }
}

const idOf = (stream: string) => stream.slice('fulfillment-'.length);
