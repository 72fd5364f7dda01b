import { voucherBiViews } from './bi-views.js';
import { giftCardBalance } from './gift-card.projection.js';
import { voucherStatus } from './voucher.projection.js';

export { Instruments, type Balance, type VoucherTerms } from './instruments.js';

/** For the registry of read models. */
export const voucherReadModels = { projections: [giftCardBalance, voucherStatus], views: voucherBiViews };
