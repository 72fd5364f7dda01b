export * from './domain/stock-item.js';
