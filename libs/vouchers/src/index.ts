export * from './read/index.js';
export { voucherCommands, voucherRoutes } from './write/voucher-commands.js';
export { VouchersModule } from './vouchers.module.js';
