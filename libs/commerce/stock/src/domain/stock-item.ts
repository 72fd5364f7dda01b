/**
 * The stock of one SKU at one location.
 *
 *   on hand     = received + restocked + adjusted − issued          (facts: may become negative)
 *   sellable    = max(0, on hand − Σ unavailable)
 *   reserved    = Σ active reservations ≤ sellable + backorder limit, at the moment of each reservation
 *   available   = sellable + backorder limit − reserved
 *   uncommitted = sellable − (reserved − backordered)
 *
 * A reservation may be declined; a fact has happened and is always recorded. A reservation starts once and ends exactly
 * once: released, expired or consumed; it counts until its end is in the log.
 */
import { WIDENED, type Decider, type EventDefinition, type EventDefinitions } from '#kernel';
import { decide } from './stock-decide.js';
import { evolve } from './stock-evolve.js';
import { type StockCommand, type StockEvent } from './stock-messages.js';
import { stockSnapshot } from './stock-snapshot.js';
import { initialState, type StockItem } from './stock-state.js';

export * from './stock-messages.js';
export {
  availableUnits,
  quantityChanges,
  onHandChange,
  sellableUnits,
  type QuantityChanges,
  type StockItem,
} from './stock-state.js';

const first: EventDefinition = { version: 1 };
const second: EventDefinition = { version: 2, upcast: WIDENED };

const events: EventDefinitions<StockEvent> = {
  StockReceived: second,
  StockCounted: first,
  StockAdjusted: second,
  StockMadeUnavailable: first,
  StockMadeAvailable: first,
  IncomingStockAnnounced: first,
  IncomingStockChanged: first,
  IncomingStockArrived: first,
  BackorderLimitSet: first,
  StockReserved: second,
  BackorderFilled: first,
  StockReservationDeclined: second,
  ReservationExtended: first,
  ReservationFirmed: first,
  ReservationReduced: second,
  ReservationReleased: second,
  ReservationExpired: second,
  ReservationPartlyConsumed: first,
  ReservationConsumed: second,
  StockIssued: second,
  StockRestocked: second,
  StockShortfallDetected: first,
};

const decider: Decider<StockItem, StockCommand, StockEvent> = { initialState, decide, evolve };

/** A {@link StreamType} of #event-store; the domain does not import it. */
export const stockItem = { category: 'stock', decider, events, snapshot: stockSnapshot, maxRememberedCommands: 20_000 };

/** A SKU has no tilde, which separates it from the location in the name of the stream. */
export const SKU = /^[A-Za-z0-9][A-Za-z0-9._/ +-]{0,63}$/;

export const streamIdOfStock = (sku: string, locationId: string) => `${sku}~${locationId}`;

/** @param stream `stock-<sku>~<locationId>` */
export const parseStockStream = (stream: string) => {
  const tilde = stream.lastIndexOf('~');
  return { sku: stream.slice('stock-'.length, tilde), locationId: stream.slice(tilde + 1) };
};
