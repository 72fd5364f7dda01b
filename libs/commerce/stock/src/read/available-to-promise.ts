/** What availability rests on: the figures of one SKU at one location. */
export interface StockFigures {
  readonly sku: string;
  readonly locationId: string;
  readonly onHand: number;
  readonly unavailable: number;
  /** Soft and hard. */
  readonly reserved: number;
  readonly incoming: number;
  readonly backorderLimit: number;
  readonly nextEta: Date | null;
}

/** What a channel's configuration says about one of its locations. */
export interface Terms {
  readonly safetyStock: number;
  readonly promisesIncoming: boolean;
  /** A paused location takes no new reservations. */
  readonly paused: boolean;
}

/**
 * Units of a SKU that a channel can promise from one location. The view bi.availability says the same in SQL.
 *
 *   max(0, on hand − unavailable − reserved − safety stock + incoming, where the channel promises it)
 */
export const availableToPromise = (at: StockFigures, { safetyStock, promisesIncoming, paused }: Terms) => {
  if (paused) return 0;
  const incoming = promisesIncoming ? at.incoming : 0;
  return Math.max(0, at.onHand - at.unavailable - at.reserved - safetyStock + incoming);
};

/** Units that the stock stream would reserve now, down to what the channel leaves alone: backorders, but no incoming. */
export const reservableUnits = (at: StockFigures, { safetyStock, paused }: Omit<Terms, 'promisesIncoming'>) =>
  paused ? 0 : Math.max(0, freeUnits(at) - safetyStock);

/** What the stock stream still has to give, as its decider counts it. */
export const freeUnits = ({ onHand, unavailable, reserved, backorderLimit }: StockFigures) =>
  Math.max(0, onHand - unavailable) + backorderLimit - reserved;
