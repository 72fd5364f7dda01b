import { type CommandNotes } from '#capability';

export const commandNotes: CommandNotes = {
  IssueGiftCard: { events: 'GiftCardIssued', serves: 'PV2, PV3' },
  IssueStoreCredit: { events: 'StoreCreditIssued', serves: 'PV2' },
  AdjustBalance: { events: 'BalanceAdjusted', serves: 'PV3' },
  IssueVoucher: { events: 'VoucherIssued', serves: 'PV3' },
};
