export { Instruments, type SpendableBalance, type VoucherTerms } from './instruments.js';
