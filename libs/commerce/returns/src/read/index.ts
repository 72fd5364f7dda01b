export { RETURN_STATES, type ReturnState, type ReturnStatus } from './return-status.projection.js';
export { ordersOfReturn, returnText } from './return-text.js';
export { Returns, type ReturnFilter } from './returns.js';
