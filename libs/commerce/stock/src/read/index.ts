export { Availability, type LocationAvailability, type SkuAvailability } from './availability.js';
export { type StockExplanation, type StockStep } from './explain-stock.js';
export { StockHistory } from './stock-history.js';
export { KitDirectory, type KnownKit } from './kit-directory.js';
export { openReservations, type OpenReservation } from './open-reservations.projection.js';
export { StockLevels } from './stock-levels.js';
export { stockPosition, type IncomingStock, type StockPosition } from './stock-position.projection.js';
export { transfers, type TransferRow } from './transfers.projection.js';
export { stockText } from './stock-text.js';
