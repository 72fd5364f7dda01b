import { type Cause } from '#kernel';
import { remember } from './stock-facts.js';
import { type Disposition, type StockEvent, type UnavailableReason } from './stock-messages.js';
import { effectOf, GENERATION, WINDOW, type Reservation, type StockItem } from './stock-state.js';

/** Where returned goods wait that cannot be sold. */
const RETURNED: Readonly<Record<Exclude<Disposition, 'restock'>, UnavailableReason>> = {
  damaged: 'damaged',
  refurbish: 'quarantine',
};

export const evolve = (item: StockItem, event: StockEvent, cause: Cause): StockItem => {
  const { onHand = 0, unavailable = 0, reserved = 0, backordered = 0 } = effectOf(event);
  item.onHand += onHand;
  item.unavailableTotal += unavailable;
  item.reserved += reserved;
  item.backordered += backordered;
  // What a count found is as old as the count: no later count needs it.
  const found = event.type === 'StockAdjusted' && event.data.reason === 'count';
  if (onHand !== 0 && !found) keepMovement(item, cause.occurredAt, onHand);
  remember(item, event);
  note(item, event, cause);
  return item;
};

const note = (item: StockItem, { type, data }: StockEvent, cause: Cause): void => {
  switch (type) {
    case 'StockRestocked':
      if (data.disposition !== 'restock') shelve(item, RETURNED[data.disposition], data.quantity);
      break;
    case 'StockMadeUnavailable':
      shelve(item, data.reason, data.quantity);
      break;
    case 'StockMadeAvailable':
      shelve(item, data.reason, -data.quantity);
      break;
    case 'StockCounted':
      item.lastCount = { countId: data.countId, asOf: data.asOf };
      item.countSeqs.set(cause.channel, data.sourceSeq);
      item.movements = item.movements.filter(({ at }) => at > data.asOf);
      break;
    case 'IncomingStockAnnounced':
    case 'IncomingStockChanged':
      if (data.quantity > 0) item.incoming.set(data.ref, { quantity: data.quantity, eta: data.eta });
      else item.incoming.delete(data.ref);
      break;
    case 'IncomingStockArrived':
      item.incoming.delete(data.ref);
      break;
    case 'BackorderLimitSet':
      item.backorderLimit = data.limit;
      break;
    case 'StockReserved':
      item.reservations.set(data.reservationId, {
        ...data,
        backordered: data.backordered ?? 0,
        since: data.since ?? cause.occurredAt,
        channel: makerOf(cause),
      });
      break;
    case 'BackorderFilled':
      change(item, data.reservationId, (old) => ({ ...old, backordered: data.left }));
      break;
    case 'ReservationExtended':
      change(item, data.reservationId, (old) => ({ ...old, expiresAt: data.expiresAt }));
      break;
    case 'ReservationFirmed':
      change(item, data.reservationId, (old) => ({ ...old, kind: 'hard', expiresAt: undefined }));
      break;
    case 'ReservationReduced':
    case 'ReservationPartlyConsumed':
      change(item, data.reservationId, (old) => ({
        ...old,
        quantity: data.left,
        backordered: old.backordered - (data.backordered ?? 0),
      }));
      break;
    case 'ReservationReleased':
    case 'ReservationExpired':
    case 'ReservationConsumed':
      end(item, data.reservationId);
      break;
    case 'StockReceived':
    case 'StockAdjusted':
    case 'StockIssued':
    case 'StockReservationDeclined':
    case 'StockShortfallDetected':
      break;
  }
};

const shelve = ({ unavailable }: StockItem, reason: UnavailableReason, quantity: number) => {
  unavailable.set(reason, (unavailable.get(reason) ?? 0) + quantity);
};

/** What a process has promised, only processes and staff take back: a channel cancels the order instead. */
const makerOf = ({ actor, channel }: Cause) => (actor.startsWith('process:') ? 'system' : channel);

const change = ({ reservations }: StockItem, id: string, to: (old: Reservation) => Reservation) => {
  const old = reservations.get(id);
  if (old) reservations.set(id, to(old));
};

const end = (item: StockItem, reservationId: string) => {
  item.reservations.delete(reservationId);
  item.ended.recent.add(reservationId);
  if (item.ended.recent.size >= GENERATION) item.ended = { recent: new Set(), older: item.ended.recent };
};

const keepMovement = (item: StockItem, at: string, change: number) => {
  item.movements.push({ at, change });
  if (item.movements.length < 2 * WINDOW) return;
  for (const forgotten of item.movements.splice(0, WINDOW)) {
    if (forgotten.at > item.movementsKnownAfter) item.movementsKnownAfter = forgotten.at;
  }
};
