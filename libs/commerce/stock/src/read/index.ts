import { stockBiViews } from './bi-views.js';
import { kits } from './kits.projection.js';
import { openReservations } from './open-reservations.projection.js';
import { stockMovements } from './stock-movements.projection.js';
import { stockPosition } from './stock-position.projection.js';
import { transfers } from './transfers.projection.js';

export { Availability, type LocationAvailability, type SkuAvailability } from './availability.js';
export { explainStock, type StockExplanation, type StockStep } from './explain-stock.js';
export { KitDirectory, type KnownKit } from './kit-directory.js';
export { openReservations, type OpenReservation } from './open-reservations.projection.js';
export { StockLevels } from './stock-levels.js';
export { stockPosition, type IncomingStock, type StockPosition } from './stock-position.projection.js';
export { transfers, type TransferRow } from './transfers.projection.js';
export { stockText } from './stock-text.js';

/** For the registry of read models. */
export const stockReadModels = {
  projections: [stockPosition, openReservations, stockMovements, transfers, kits],
  views: stockBiViews,
};
