export { paidBackFor, type ReturnDetails, type ReturnLine, type ReturnRecorded } from './domain/recorded-return.js';
export { goodsReturn, type ReturnCommand } from './domain/return.js';
export * from './domain/return-messages.js';
export { type ReturnEvent } from './domain/return-state.js';
export * from './read/index.js';
export { RequestReturn, RequestReturnHandler } from './write/request-return.js';
export { returnsCapability } from './returns.capability.js';
