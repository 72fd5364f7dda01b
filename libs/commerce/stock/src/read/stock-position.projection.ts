import { type FoldedProjection, type RecordedAs, readTable } from '#projections';
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
 *   on hand     = received + restocked + adjusted − issued
 *   sellable    = max(0, on hand − unavailable)
 *   backordered = reserved units that must still come in
 *   shortfall   = the other reserved units, beyond sellable; without such, what left but had not been there
 */
export interface StockPosition {
  readonly sku: string;
  readonly locationId: string;
  readonly onHand: number;
  /** On hand but not for sale. */
  readonly unavailable: number;
  readonly softReserved: number;
  readonly hardReserved: number;
  /** Σ of `incomingDue`. */
  readonly incoming: number;
  readonly incomingDue: readonly IncomingStock[];
  /** Earliest of `incomingDue`. */
  readonly nextEta: string | null;
  readonly backorderLimit: number;
  readonly backordered: number;
  readonly shortfall: number;
  readonly received: number;
  readonly issued: number;
  readonly restocked: number;
  /** Σ of signed corrections. */
  readonly adjusted: number;
}

type StockKey = 'sku' | 'locationId';

export const reservedOf = ({ softReserved, hardReserved }: StockPosition) => softReserved + hardReserved;

const nothing = ({ sku, locationId }: Pick<StockPosition, StockKey>): StockPosition => ({
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

const reserve = (at: StockPosition, kind: 'soft' | 'hard', units: number): StockPosition =>
  kind === 'soft' ? { ...at, softReserved: at.softReserved + units } : { ...at, hardReserved: at.hardReserved + units };

const expect = (at: StockPosition, due: readonly IncomingStock[]): StockPosition => ({
  ...at,
  incomingDue: due,
  incoming: due.reduce((all, { quantity }) => all + quantity, 0),
  nextEta: due.map(({ eta }) => new Date(eta).toISOString()).toSorted()[0] ?? null,
});

const without = (due: readonly IncomingStock[], ref: string) => due.filter((incoming) => incoming.ref !== ref);

const moved = (at: StockPosition, { type, data }: StockEvent): StockPosition => {
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
      const others = without(at.incomingDue, ref);
      return expect(at, quantity > 0 ? [...others, { ref, quantity, eta }] : others);
    }
    case 'IncomingStockArrived':
      return expect(at, without(at.incomingDue, data.ref));
    case 'BackorderLimitSet':
      return { ...at, backorderLimit: data.limit };
    case 'StockReserved':
      return reserve(at, data.kind, data.quantity);
    case 'ReservationFirmed':
      return reserve(reserve(at, 'soft', -data.quantity), 'hard', data.quantity);
    case 'ReservationReduced':
    case 'ReservationPartlyConsumed':
      return reserve(at, data.kind, -data.by);
    case 'ReservationReleased':
    case 'ReservationExpired':
    case 'ReservationConsumed':
      return reserve(at, data.kind, -data.quantity);
    case 'StockCounted': // its correction is the StockAdjusted beside it
    case 'StockReservationDeclined':
    case 'BackorderFilled':
    case 'ReservationExtended':
    case 'StockShortfallDetected': // it tells the moment; how much is missing now follows from the quantities
      return at;
  }
};

const promised = (at: StockPosition, event: StockEvent): StockPosition => {
  const backordered = at.backordered + (quantityChanges(event).backordered ?? 0);
  const covered = reservedOf(at) - backordered;
  const beyond = Math.max(0, covered - sellableUnits({ onHand: at.onHand, unavailableTotal: at.unavailable }));
  const shortfall = beyond || Math.max(0, -at.onHand);
  return backordered === at.backordered && shortfall === at.shortfall ? at : { ...at, backordered, shortfall };
};

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
  project: (row, { event }: RecordedAs<StockEvent>, place) => promised(moved(row ?? nothing(place), event), event),
};
