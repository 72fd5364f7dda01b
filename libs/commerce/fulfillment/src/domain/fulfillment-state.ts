/**
 * The state of a fulfillment order, and how events change it. For each line, always:
 * assigned = open + picked + packed + shipped + handed over + rejected + cancelled.
 */
import { type FulfillmentDetails, type FulfillmentEvent, type LineQuantity } from './fulfillment-messages.js';

/** Being held is no status: a held fulfillment order resumes in the status that it had. */
export const FULFILLMENT_STATUSES = [
  'assigned',
  'accepted',
  'arrived',
  'ready',
  'shipped',
  'delivered',
  'handed-over',
  'rejected',
  'cancelled',
  'expired',
] as const;
export type FulfillmentStatus = (typeof FULFILLMENT_STATUSES)[number];

export type UnitStatus = 'open' | 'picked' | 'packed' | 'shipped' | 'handedOver' | 'rejected' | 'cancelled';

/** The units of one line by their status. */
export interface FulfillmentLineUnits extends Record<UnitStatus, number> {
  readonly sku: string;
  readonly reservationId: string;
  readonly assigned: number;
}

export interface ParcelState {
  /** By line. */
  readonly units: Map<string, number>;
  shipped: boolean;
  delivered: boolean;
  shipmentId?: string;
}

/** The fold changes it in place. */
export interface Fulfillment extends Omit<FulfillmentDetails, 'lines'> {
  status: FulfillmentStatus;
  held: boolean;
  readonly lines: Map<string, FulfillmentLineUnits>;
  readonly parcels: Map<string, ParcelState>;
  /** Until when the goods wait to be collected, ISO 8601. */
  until: string | undefined;
  /** Whether the buyer was reminded to collect the goods. */
  reminded: boolean;
  /** The shipment that it joined. */
  shipmentId?: string | undefined;
}

/** Units that have not left the location that has the goods. */
export const UNSHIPPED: readonly UnitStatus[] = ['open', 'picked', 'packed'];

/** Units that can still be handed to the buyer; at a pickup location, those that were shipped there. */
export const undeliveredStatuses = ({
  pickupAt,
  status,
}: Pick<Fulfillment, 'pickupAt' | 'status'>): readonly UnitStatus[] =>
  pickupAt !== undefined && (status === 'arrived' || status === 'ready') ? ['shipped'] : UNSHIPPED;

export const countUnits = (line: Readonly<Record<UnitStatus, number>>, statuses: readonly UnitStatus[]) =>
  statuses.reduce((sum, status) => sum + line[status], 0);

/** @throws Error for an event that no decision on this state can have recorded */
export const evolve = (fulfillment: Fulfillment | undefined, event: FulfillmentEvent): Fulfillment => {
  if (event.type === 'FulfillmentAssigned') return newFulfillment(event.data);
  if (fulfillment) return applyChange(fulfillment, event);
  throw new Error(`A fulfillment order begins with FulfillmentAssigned, not with ${event.type}`);
};

const newFulfillment = ({ lines, ...details }: FulfillmentDetails): Fulfillment => ({
  ...details,
  status: 'assigned',
  held: false,
  lines: new Map(
    lines.map(({ lineId, sku, reservationId, quantity }) => {
      const none = { picked: 0, packed: 0, shipped: 0, handedOver: 0, rejected: 0, cancelled: 0 };
      return [lineId, { sku, reservationId, assigned: quantity, open: quantity, ...none }];
    }),
  ),
  parcels: new Map(),
  until: undefined,
  reminded: false,
});

const applyChange = (
  fulfillment: Fulfillment,
  { type, data }: Exclude<FulfillmentEvent, { type: 'FulfillmentAssigned' }>,
): Fulfillment => {
  switch (type) {
    case 'FulfillmentAccepted':
      return withStatus(fulfillment, 'accepted');
    case 'FulfillmentRejected':
      moveLines(fulfillment, data.lines, ['open', 'picked'], 'rejected');
      return updateStatus(fulfillment);
    case 'ItemsPicked':
      moveLines(fulfillment, data.lines, ['open'], 'picked');
      return fulfillment;
    case 'ParcelPacked':
      return addParcel(fulfillment, data);
    case 'ParcelShipped':
      return shipParcel(fulfillment, data);
    case 'ParcelDelivered':
      parcelOf(fulfillment, data.parcelId).delivered = true;
      return fulfillment.status === 'shipped' ? updateStatus(fulfillment) : fulfillment;
    case 'ArrivedForPickup':
      return withStatus(fulfillment, 'arrived');
    case 'ReadyForPickup':
      fulfillment.until = data.until;
      fulfillment.reminded = false;
      return withStatus(fulfillment, 'ready');
    case 'PickupReminded':
      fulfillment.reminded = true;
      return fulfillment;
    case 'HandedOver':
      moveLines(fulfillment, data.lines, undeliveredStatuses(fulfillment), 'handedOver');
      return updateStatus(fulfillment);
    case 'PickupExpired':
      moveLines(fulfillment, data.lines, undeliveredStatuses(fulfillment), 'cancelled');
      return withStatus(fulfillment, 'expired');
    case 'FulfillmentLinesCancelled':
      for (const line of data.cancelled) cancelUnits(fulfillment, line);
      return data.cancelled.length > 0 ? updateStatus(fulfillment) : fulfillment;
    case 'FulfillmentJoinedShipment':
      fulfillment.shipmentId = data.shipmentId;
      return fulfillment;
    case 'FulfillmentLeftShipment':
      fulfillment.shipmentId = undefined;
      return fulfillment;
    case 'ShipmentJoinRefused':
      return fulfillment;
    case 'FulfillmentHeld':
    case 'FulfillmentResumed':
      fulfillment.held = type === 'FulfillmentHeld';
      return fulfillment;
  }
};

const withStatus = (fulfillment: Fulfillment, status: FulfillmentStatus): Fulfillment => {
  fulfillment.status = status;
  return fulfillment;
};

const addParcel = (
  fulfillment: Fulfillment,
  { parcelId, lines }: { parcelId: string; lines: readonly LineQuantity[] },
) => {
  moveLines(fulfillment, lines, ['picked'], 'packed');
  const units = new Map<string, number>();
  for (const { lineId, quantity } of lines) units.set(lineId, (units.get(lineId) ?? 0) + quantity);
  fulfillment.parcels.set(parcelId, { units, shipped: false, delivered: false });
  return fulfillment;
};

const shipParcel = (
  fulfillment: Fulfillment,
  { parcelId, lines, shipmentId }: { parcelId: string; lines: readonly LineQuantity[]; shipmentId?: string },
) => {
  const parcel = parcelOf(fulfillment, parcelId);
  parcel.shipped = true;
  if (shipmentId !== undefined) parcel.shipmentId = shipmentId;
  moveLines(fulfillment, lines, ['packed'], 'shipped');
  return updateStatus(fulfillment);
};

const parcelOf = ({ parcels, orderId }: Fulfillment, parcelId: string): ParcelState => {
  const parcel = parcels.get(parcelId);
  if (parcel) return parcel;
  throw new Error(`The fulfillment for order ${orderId} has no parcel ${parcelId}`);
};

const cancelUnits = (fulfillment: Fulfillment, { lineId, quantity }: LineQuantity) => {
  const line = lineOf(fulfillment, lineId);
  const packedBefore = line.packed;
  moveUnits(line, { lineId, quantity }, UNSHIPPED, 'cancelled');
  unpackUnits(fulfillment, lineId, packedBefore - line.packed);
};

/** Takes cancelled units out of parcels that have not been shipped, the newest parcel first. */
const unpackUnits = ({ parcels }: Fulfillment, lineId: string, quantity: number) => {
  let remaining = quantity;
  for (const [parcelId, { units, shipped }] of [...parcels].reverse()) {
    const packed = units.get(lineId) ?? 0;
    if (shipped || packed === 0) continue;
    const taken = Math.min(packed, remaining);
    remaining -= taken;
    if (taken < packed) units.set(lineId, packed - taken);
    else units.delete(lineId);
    if (units.size === 0) parcels.delete(parcelId);
  }
};

const moveLines = (
  fulfillment: Fulfillment,
  moved: readonly LineQuantity[],
  from: readonly UnitStatus[],
  to: UnitStatus,
) => {
  for (const line of moved) moveUnits(lineOf(fulfillment, line.lineId), line, from, to);
};

const lineOf = ({ lines, orderId }: Fulfillment, lineId: string): FulfillmentLineUnits => {
  const line = lines.get(lineId);
  if (line) return line;
  throw new Error(`The fulfillment for order ${orderId} has no line ${lineId}`);
};

/** Moves units to another status, taking them from the first status that has some. @throws Error when there are too few */
const moveUnits = (
  line: FulfillmentLineUnits,
  { lineId, quantity }: LineQuantity,
  from: readonly UnitStatus[],
  to: UnitStatus,
) => {
  let remaining = quantity;
  for (const status of from) {
    const taken = Math.min(line[status], remaining);
    line[status] -= taken;
    line[to] += taken;
    remaining -= taken;
  }
  if (remaining > 0) throw new Error(`Line ${lineId} has ${remaining} units too few that are ${from.join(' or ')}`);
};

/** Sets the final status once no unit is left for the location to handle. */
const updateStatus = (fulfillment: Fulfillment): Fulfillment => {
  const lines = [...fulfillment.lines.values()];
  const hasUnits = (...statuses: UnitStatus[]) => lines.some((line) => countUnits(line, statuses) > 0);
  if (hasUnits(...undeliveredStatuses(fulfillment))) return fulfillment;
  if (hasUnits('handedOver')) return withStatus(fulfillment, 'handed-over');
  if (hasUnits('shipped')) return withStatus(fulfillment, shippedOrDelivered(fulfillment));
  return withStatus(fulfillment, hasUnits('rejected') ? 'rejected' : 'cancelled');
};

const shippedOrDelivered = ({ parcels, pickupAt }: Fulfillment) =>
  pickupAt === undefined && [...parcels.values()].every(({ delivered }) => delivered) ? 'delivered' : 'shipped';
