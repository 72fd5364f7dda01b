export * from './domain/stock-item.js';
export { kit, type KitCommand, type KitEvent } from './domain/kit.js';
export * from './domain/transfer.js';
export { ChangeStock } from './write/change-stock.js';
export { kitCommands } from './write/kit-commands.js';
export { stockCommands, stockRoutes, type StockItemCommand } from './write/stock-commands.js';
export { transferCommands, transferRoutes } from './write/transfer-commands.js';
export { StockModule } from './stock.module.js';
export * from './read/index.js';
