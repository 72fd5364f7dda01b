export { Instruments, type Balance, type VoucherTerms } from './instruments.js';
