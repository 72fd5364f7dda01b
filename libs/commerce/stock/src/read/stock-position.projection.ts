import { column, type FoldedProjection, nullable, primary, readTable, type RowOf } from '#projections';
import { instant, integer, listOf, object, text, type ValueOf } from '#schema';
import { quantityChanges, parseStockStream, sellableUnits, type StockEvent } from '../domain/stock-item.js';

const incomingStock = object({ ref: text, quantity: integer, eta: instant });

/** An announced delivery that has not arrived. */
export type IncomingStock = ValueOf<typeof incomingStock>;

export const stockPositionColumns = {
  sku: primary(column.text('The SKU')),
  locationId: primary(column.text('The location that has the stock')),
  onHand: column.bigint(
    'Received + restocked + adjusted - issued; negative when facts took more units than were on hand',
  ),
  unavailable: column.bigint('On hand, but damaged, on display, in quarantine …'),
  softReserved: column.bigint('Units of reservations that can expire'),
  hardReserved: column.bigint('Units of reservations that a command must end'),
  incoming: column.bigint('Announced and not arrived'),
  incomingDue: column.json(listOf(incomingStock)),
  nextEta: nullable(column.instant('When the next announced delivery is due')),
  backorderLimit: column.bigint('How many units may be reserved beyond the sellable stock'),
  backordered: column.bigint('Reserved units that have still to come in'),
  shortfall: column.bigint(
    'Reserved units, without the backordered ones, that exceed what is on hand and not unavailable; if there are none, the units by which on hand is below zero',
  ),
  received: column.bigint('Units that were ever received'),
  issued: column.bigint('Units that were ever sold, shipped or handed over'),
  restocked: column.bigint('Units that ever came back'),
  adjusted: column.bigint('Sum of the signed differences of all adjustments'),
};

/**
 * One SKU at one location, in sellable units.
 *
 *   on hand   = received + restocked + adjusted − issued
 *   sellable  = max(0, on hand − unavailable)
 *   shortfall = max(0, reserved − backordered − sellable), or max(0, −on hand) where that is 0
 */
export type StockPosition = RowOf<typeof stockPositionColumns>;

type StockKey = 'sku' | 'locationId';

export const reservedUnits = ({ softReserved, hardReserved }: StockPosition) => softReserved + hardReserved;

export const emptyPosition = ({ sku, locationId }: Pick<StockPosition, StockKey>): StockPosition => ({
  sku,
  locationId,
  onHand: 0,
  unavailable: 0,
  softReserved: 0,
  hardReserved: 0,
  incoming: 0,
  incomingDue: [],
  nextEta: null,
  backorderLimit: 0,
  backordered: 0,
  shortfall: 0,
  received: 0,
  issued: 0,
  restocked: 0,
  adjusted: 0,
});

const addReserved = (at: StockPosition, kind: 'soft' | 'hard', units: number): StockPosition =>
  kind === 'soft' ? { ...at, softReserved: at.softReserved + units } : { ...at, hardReserved: at.hardReserved + units };

const withIncoming = (at: StockPosition, due: readonly IncomingStock[]): StockPosition => ({
  ...at,
  incomingDue: due,
  incoming: due.reduce((sum, { quantity }) => sum + quantity, 0),
  nextEta: due.map(({ eta }) => new Date(eta).toISOString()).toSorted()[0] ?? null,
});

const withoutRef = (due: readonly IncomingStock[], ref: string) => due.filter((incoming) => incoming.ref !== ref);

const evolveQuantities = (at: StockPosition, { type, data }: StockEvent): StockPosition => {
  switch (type) {
    case 'StockReceived':
      return { ...at, onHand: at.onHand + data.quantity, received: at.received + data.quantity };
    case 'StockAdjusted':
      return { ...at, onHand: at.onHand + data.delta, adjusted: at.adjusted + data.delta };
    case 'StockIssued':
      return { ...at, onHand: at.onHand - data.quantity, issued: at.issued + data.quantity };
    case 'StockRestocked':
      return {
        ...at,
        onHand: at.onHand + data.quantity,
        restocked: at.restocked + data.quantity,
        unavailable: at.unavailable + (data.disposition === 'restock' ? 0 : data.quantity),
      };
    case 'StockMadeUnavailable':
      return { ...at, unavailable: at.unavailable + data.quantity };
    case 'StockMadeAvailable':
      return { ...at, unavailable: at.unavailable - data.quantity };
    case 'IncomingStockAnnounced':
    case 'IncomingStockChanged': {
      const { ref, quantity, eta } = data;
      const others = withoutRef(at.incomingDue, ref);
      return withIncoming(at, quantity > 0 ? [...others, { ref, quantity, eta }] : others);
    }
    case 'IncomingStockArrived':
      return withIncoming(at, withoutRef(at.incomingDue, data.ref));
    case 'BackorderLimitSet':
      return { ...at, backorderLimit: data.limit };
    case 'StockReserved':
      return addReserved(at, data.kind, data.quantity);
    case 'ReservationFirmed':
      return addReserved(addReserved(at, 'soft', -data.quantity), 'hard', data.quantity);
    case 'ReservationReduced':
    case 'ReservationPartlyConsumed':
      return addReserved(at, data.kind, -data.by);
    case 'ReservationReleased':
    case 'ReservationExpired':
    case 'ReservationConsumed':
      return addReserved(at, data.kind, -data.quantity);
    case 'StockCounted': // its correction is the StockAdjusted that is recorded with it
    case 'StockReservationDeclined':
    case 'BackorderFilled':
    case 'ReservationExtended':
    case 'StockShortfallDetected': // the current shortfall follows from the quantities
      return at;
  }
};

const evolveShortfall = (at: StockPosition, event: StockEvent): StockPosition => {
  const backordered = at.backordered + (quantityChanges(event).backordered ?? 0);
  const covered = reservedUnits(at) - backordered;
  const uncovered = Math.max(0, covered - sellableUnits({ onHand: at.onHand, unavailableTotal: at.unavailable }));
  const shortfall = uncovered || Math.max(0, -at.onHand);
  return backordered === at.backordered && shortfall === at.shortfall ? at : { ...at, backordered, shortfall };
};

export const evolveStockPosition = (at: StockPosition, event: StockEvent): StockPosition =>
  evolveShortfall(evolveQuantities(at, event), event);

export const stockPosition: FoldedProjection<StockPosition, StockKey, StockEvent> = {
  name: 'stock_position',
  version: 2,
  categories: ['stock'],
  table: readTable('stock_position', stockPositionColumns),
  keysOf: ({ stream }) => [parseStockStream(stream)],
  project: (row, { event }, key) => evolveStockPosition(row ?? emptyPosition(key), event),
};
