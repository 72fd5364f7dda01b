export * from './domain/instrument-messages.js';
export { giftCard } from './domain/gift-card.js';
export { voucher } from './domain/voucher.js';
export * from './read/index.js';
export { vouchersCapability } from './vouchers.capability.js';
