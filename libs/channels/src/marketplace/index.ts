export * from './simulator.js';
export { type SoldOrder } from './simulated-orders.js';
