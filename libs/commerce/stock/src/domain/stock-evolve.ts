import { type Cause } from '#kernel';
import { rememberFact } from './stock-booked-facts.js';
import { type Disposition, type StockEvent, type UnavailableReason } from './stock-messages.js';
import {
  MIN_ENDED_RESERVATIONS_REMEMBERED,
  MIN_MOVEMENTS_REMEMBERED,
  quantityChanges,
  type Reservation,
  type StockItem,
} from './stock-state.js';

/** @throws Error if the event is about a reservation that is not active, which the decider never records */
export const evolve = (item: StockItem, event: StockEvent, cause: Cause): StockItem => {
  const { onHand = 0, unavailable = 0, reserved = 0, backordered = 0 } = quantityChanges(event);
  item.onHand += onHand;
  item.unavailableTotal += unavailable;
  item.reserved += reserved;
  item.backordered += backordered;
  // The difference that a count found is as old as the count, so that no later count needs to know of it.
  const isCountDifference = event.type === 'StockAdjusted' && event.data.reason === 'count';
  if (onHand !== 0 && !isCountDifference) rememberMovement(item, cause.occurredAt, onHand);
  rememberFact(item, event);
  evolveDetails(item, event, cause);
  return item;
};

/** Evolves everything but the numbers. */
const evolveDetails = (item: StockItem, event: StockEvent, cause: Cause): void => {
  switch (event.type) {
    case 'StockRestocked':
      changeUnavailableReturn(item, event.data);
      break;
    case 'StockMadeUnavailable':
      changeUnavailable(item, event.data.reason, event.data.quantity);
      break;
    case 'StockMadeAvailable':
      changeUnavailable(item, event.data.reason, -event.data.quantity);
      break;
    case 'StockCounted':
      recordCount(item, event.data, cause);
      break;
    case 'IncomingStockAnnounced':
    case 'IncomingStockChanged':
      changeIncoming(item, event.data);
      break;
    case 'IncomingStockArrived':
      item.incoming.delete(event.data.ref);
      break;
    case 'BackorderLimitSet':
      item.backorderLimit = event.data.limit;
      break;
    case 'StockReserved':
    case 'BackorderFilled':
    case 'ReservationExtended':
    case 'ReservationFirmed':
    case 'ReservationReduced':
    case 'ReservationPartlyConsumed':
    case 'ReservationReleased':
    case 'ReservationExpired':
    case 'ReservationConsumed':
      evolveReservation(item, event, cause);
      break;
    case 'StockReceived':
    case 'StockAdjusted':
    case 'StockIssued':
    case 'StockReservationDeclined':
    case 'StockShortfallDetected':
      break;
  }
};

type Data<Type extends StockEvent['type']> = Extract<StockEvent, { type: Type }>['data'];

/** Why returned goods that cannot be sold are unavailable. */
const REASON_OF_DISPOSITION: Readonly<Record<Exclude<Disposition, 'restock'>, UnavailableReason>> = {
  damaged: 'damaged',
  refurbish: 'quarantine',
};

const changeUnavailableReturn = (item: StockItem, { disposition, quantity }: Data<'StockRestocked'>) => {
  if (disposition !== 'restock') changeUnavailable(item, REASON_OF_DISPOSITION[disposition], quantity);
};

const changeUnavailable = ({ unavailable }: StockItem, reason: UnavailableReason, change: number) => {
  unavailable.set(reason, (unavailable.get(reason) ?? 0) + change);
};

const recordCount = (item: StockItem, { countId, asOf, sourceSeq }: Data<'StockCounted'>, { channel }: Cause) => {
  item.lastCount = { countId, asOf };
  item.countSeqs.set(channel, sourceSeq);
  item.movements = item.movements.filter(({ at }) => at > asOf);
};

const changeIncoming = ({ incoming }: StockItem, { ref, quantity, eta }: Data<'IncomingStockChanged'>) => {
  if (quantity > 0) incoming.set(ref, { quantity, eta });
  else incoming.delete(ref);
};

type ReservationEvent = Exclude<
  Extract<StockEvent, { data: { reservationId: string } }>,
  { type: 'StockReservationDeclined' }
>;

const evolveReservation = (item: StockItem, { type, data }: ReservationEvent, cause: Cause): void => {
  switch (type) {
    case 'StockReserved':
      item.reservations.set(data.reservationId, {
        ...data,
        backordered: data.backordered ?? 0,
        since: data.since ?? cause.occurredAt,
        ...reservedBy(cause),
      });
      break;
    case 'BackorderFilled':
      changeReservation(item, data.reservationId, (before) => ({ ...before, backordered: data.left }));
      break;
    case 'ReservationExtended':
      changeReservation(item, data.reservationId, (before) => ({ ...before, expiresAt: data.expiresAt }));
      break;
    case 'ReservationFirmed':
      changeReservation(item, data.reservationId, (before) => ({ ...before, kind: 'hard', expiresAt: undefined }));
      break;
    case 'ReservationReduced':
    case 'ReservationPartlyConsumed':
      changeReservation(item, data.reservationId, (before) => ({
        ...before,
        quantity: data.left,
        backordered: before.backordered - (data.backordered ?? 0),
      }));
      break;
    case 'ReservationReleased':
    case 'ReservationExpired':
    case 'ReservationConsumed':
      endReservation(item, data.reservationId);
      break;
  }
};

/** Neither channels nor staff move a reservation that a process has made for an order: they cancel the order instead. */
const reservedBy = ({ actor, channel }: Cause): Pick<Reservation, 'channel' | 'ofProcess'> =>
  actor.startsWith('process:') ? { channel: 'system', ofProcess: true } : { channel };

const changeReservation = (
  { reservations }: StockItem,
  reservationId: string,
  change: (before: Reservation) => Reservation,
) => {
  const before = reservations.get(reservationId);
  if (!before) throw new Error(`Reservation ${reservationId} changed but is not active`);
  reservations.set(reservationId, change(before));
};

const endReservation = (item: StockItem, reservationId: string) => {
  if (!item.reservations.delete(reservationId)) throw new Error(`Reservation ${reservationId} ended but is not active`);
  item.endedReservations.recent.add(reservationId);
  if (item.endedReservations.recent.size < MIN_ENDED_RESERVATIONS_REMEMBERED) return;
  item.endedReservations = { recent: new Set(), older: item.endedReservations.recent };
};

const rememberMovement = (item: StockItem, at: string, change: number) => {
  item.movements.push({ at, change });
  if (item.movements.length < 2 * MIN_MOVEMENTS_REMEMBERED) return;
  for (const forgotten of item.movements.splice(0, MIN_MOVEMENTS_REMEMBERED)) {
    if (forgotten.at > item.movementsKnownAfter) item.movementsKnownAfter = forgotten.at;
  }
};
