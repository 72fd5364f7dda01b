/**
 * Where the units of a fulfilment order's lines are. For each line, always:
 * assigned = open + picked + packed + shipped + handed over + rejected + cancelled.
 */
import { type FulfillmentDetails, type LineQuantity } from './fulfillment-messages.js';

/** `held` is not among them: a held fulfilment order goes on where it was. */
export type FulfillmentStatus =
  | 'assigned'
  | 'accepted'
  | 'shipped'
  | 'delivered'
  | 'arrived'
  | 'ready'
  | 'handed-over'
  | 'rejected'
  | 'cancelled'
  | 'expired';

export type Share = 'open' | 'picked' | 'packed' | 'shipped' | 'handedOver' | 'rejected' | 'cancelled';

export interface FulfillmentUnits extends Record<Share, number> {
  readonly sku: string;
  readonly reservationId: string;
  readonly assigned: number;
}

export interface ParcelState {
  readonly units: Map<string, number>;
  shipped: boolean;
  delivered: boolean;
  shipmentId?: string;
}

/** Changed in place by the fold. */
export interface Fulfillment extends Omit<FulfillmentDetails, 'lines'> {
  status: FulfillmentStatus;
  held: boolean;
  readonly lines: Map<string, FulfillmentUnits>;
  readonly parcels: Map<string, ParcelState>;
  /** How long it waits to be picked up. */
  until: string | undefined;
  reminded: boolean;
  /** What it is to leave with. */
  shipmentId?: string | undefined;
}

/** Not sent away yet. */
export const IN_HOUSE: readonly Share[] = ['open', 'picked', 'packed'];

/** The units that are still to reach the buyer here: those that came from another place were shipped before. */
export const liveShares = ({ pickupAt, status }: Pick<Fulfillment, 'pickupAt' | 'status'>): readonly Share[] =>
  pickupAt !== undefined && (status === 'arrived' || status === 'ready') ? ['shipped'] : IN_HOUSE;

export const unitsIn = (line: Readonly<Record<Share, number>>, shares: readonly Share[]) =>
  shares.reduce((all, share) => all + line[share], 0);

/** Moves units, from the first share that has some. */
export const move = (
  line: FulfillmentUnits | undefined,
  from: readonly Share[],
  to: Share,
  quantity: number = Infinity,
) => {
  if (!line) return; // cannot be: an event names only lines that its decision has seen
  let missing = quantity;
  for (const share of from) {
    const taken = Math.min(line[share], missing);
    line[share] -= taken;
    line[to] += taken;
    missing -= taken;
  }
};

export const moveAll = ({ lines }: Fulfillment, moves: readonly LineQuantity[], from: readonly Share[], to: Share) => {
  for (const { lineId, quantity } of moves) move(lines.get(lineId), from, to, quantity);
};

/** Where it stands once nothing more is to be done in house. */
export const settle = (fulfillment: Fulfillment): Fulfillment => {
  const units = [...fulfillment.lines.values()];
  const any = (...shares: Share[]) => units.some((line) => unitsIn(line, shares) > 0);
  if (any(...liveShares(fulfillment))) return fulfillment;
  fulfillment.status = any('handedOver')
    ? 'handed-over'
    : any('shipped')
      ? shippedOrDelivered(fulfillment)
      : any('rejected')
        ? 'rejected'
        : 'cancelled';
  return fulfillment;
};

const shippedOrDelivered = ({ parcels, pickupAt }: Fulfillment) =>
  pickupAt === undefined && [...parcels.values()].every(({ delivered }) => delivered) ? 'delivered' : 'shipped';

/** Takes cancelled units out of parcels that are not shipped, the newest first. */
export const unpack = ({ parcels }: Fulfillment, lineId: string, quantity: number) => {
  let missing = quantity;
  for (const [parcelId, { units, shipped }] of [...parcels].reverse()) {
    const packed = units.get(lineId) ?? 0;
    if (shipped || packed === 0) continue;
    const taken = Math.min(packed, missing);
    missing -= taken;
    if (taken < packed) units.set(lineId, packed - taken);
    else units.delete(lineId);
    if (units.size === 0) parcels.delete(parcelId);
  }
};
