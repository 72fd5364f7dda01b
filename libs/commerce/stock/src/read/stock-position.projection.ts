import { type FoldedProjection, readTable } from '#projections';
import { quantityChanges, parseStockStream, sellableUnits, type StockEvent } from '../domain/stock-item.js';

/** An announced delivery that has not arrived. `eta` is ISO 8601. */
export interface IncomingStock {
  readonly ref: string;
  readonly quantity: number;
  readonly eta: string;
}

/**
 * One SKU at one location, in sellable units.
 *
 *   on hand   = received + restocked + adjusted − issued
 *   sellable  = max(0, on hand − unavailable)
 *   shortfall = max(0, reserved − backordered − sellable), or max(0, −on hand) where that is 0
 */
export interface StockPosition {
  readonly sku: string;
  readonly locationId: string;
  readonly onHand: number;
  /** On hand but not sellable: damaged, on display, in quarantine … */
  readonly unavailable: number;
  readonly softReserved: number;
  readonly hardReserved: number;
  /** Sum of `incomingDue`. */
  readonly incoming: number;
  readonly incomingDue: readonly IncomingStock[];
  /** Earliest date of `incomingDue`, ISO 8601. */
  readonly nextEta: string | null;
  readonly backorderLimit: number;
  /** How many of the reserved units have still to come in. */
  readonly backordered: number;
  readonly shortfall: number;
  readonly received: number;
  readonly issued: number;
  readonly restocked: number;
  /** Sum of the signed differences of all adjustments. */
  readonly adjusted: number;
}

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
    case 'StockCounted': // its correction is the StockAdjusted beside it
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

const units = { type: 'bigint' } as const;

export const stockPosition: FoldedProjection<StockPosition, StockKey, StockEvent> = {
  name: 'stock_position',
  version: 2,
  categories: ['stock'],
  table: readTable<StockPosition>('stock_position', {
    sku: { type: 'text', primary: true },
    locationId: { type: 'text', primary: true },
    onHand: units,
    unavailable: units,
    softReserved: units,
    hardReserved: units,
    incoming: units,
    incomingDue: { type: 'jsonb' },
    nextEta: { type: 'timestamptz', nullable: true },
    backorderLimit: units,
    backordered: units,
    shortfall: units,
    received: units,
    issued: units,
    restocked: units,
    adjusted: units,
  }),
  keysOf: ({ stream }) => [parseStockStream(stream)],
  project: (row, { event }, key) => evolveStockPosition(row ?? emptyPosition(key), event),
};
