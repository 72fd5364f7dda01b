export * from './simulator.js';
export * from './standard-webhooks.js';
export { AVAILABILITY_TYPE } from './web-shop.js';
