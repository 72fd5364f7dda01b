export { openPointOfSale } from './point-of-sale.js';
export * from './simulator.js';
export * from './till-day.js';
