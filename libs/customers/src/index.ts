export * from './domain/customer.js';
