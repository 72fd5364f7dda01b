export * from './domain/instrument-messages.js';
export { giftCard } from './domain/gift-card.js';
export { voucher } from './domain/voucher.js';
export * from './read/index.js';
export { voucherCommands, voucherRoutes } from './write/voucher-commands.js';
export { VouchersModule } from './vouchers.module.js';
