import { capability, conflict, contradiction, missing } from '#capability';
import { commandNotes } from './command-notes.js';
import { giftCard } from './domain/gift-card.js';
import { voucher } from './domain/voucher.js';
import { voucherBiViews } from './read/bi-views.js';
import { giftCards } from './read/gift-card.projection.js';
import { Instruments, spendableBalanceSchema, voucherTermsSchema } from './read/instruments.js';
import { vouchers } from './read/voucher.projection.js';
import { voucherCommands, voucherRoutes } from './write/voucher-commands.js';

export const vouchersCapability = capability('vouchers', {
  streams: [giftCard, voucher],
  commands: voucherCommands,
  commandNotes,
  processCommands: voucherRoutes,
  readModels: [giftCards, vouchers],
  views: voucherBiViews,
  feed: {
    giftcard: { scope: 'vouchers:read', audience: 'its-channel' },
    voucher: { scope: 'vouchers:read', audience: 'its-channel' },
  },
  answers: { GiftCard: spendableBalanceSchema, Voucher: voucherTermsSchema },
  queries: [Instruments],
  published: {
    topic: 'kontor.payments.v1',
    events: {
      GiftCardIssued: 1,
      StoreCreditIssued: 1,
      BalanceAdjusted: 1,
      GiftCardExpired: 1,
      BalanceHeld: 1,
      BalanceHoldDeclined: 1,
      HoldRedeemed: 1,
      HoldReleased: 1,
      BalanceCredited: 1,
      VoucherIssued: 1,
      VoucherExpired: 1,
      VoucherHeld: 1,
      VoucherHoldDeclined: 1,
      VoucherRedeemed: 1,
      VoucherReleased: 1,
      VoucherRefunded: 1,
    },
  },
  problems: {
    'gift-card-not-found': missing('There is no such gift card or store credit.'),
    'code-too-short': contradiction(
      'The code can be guessed: make up at least 12 random letters and digits, or 19 digits.',
    ),
    'gift-card-exists': conflict('There is a gift card of this code: make up another.'),
    'voucher-exists': conflict('There is a voucher of this code: make up another.'),
    'other-currency': conflict('The store credit is kept in another currency: see currency.'),
    'balance-too-low': conflict('The correction would take more than is available: see available.'),
    'hold-exists': conflict('The payment has a hold on the instrument already.'),
    'hold-not-found': conflict('The payment has no hold on the instrument.'),
    'hold-exceeded': conflict('The amount exceeds what is left of the hold: see left.'),
  },
});
