export * from './domain/stock-item.js';
export { kit, type KitCommand, type KitEvent } from './domain/kit.js';
export * from './domain/transfer.js';
export { ChangeStock } from './write/change-stock.js';
export { type StockItemCommand } from './write/stock-commands.js';
export * from './read/index.js';
export { stockCapability } from './stock.capability.js';
