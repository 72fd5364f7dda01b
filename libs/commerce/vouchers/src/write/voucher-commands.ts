import {
  contract,
  contractsFor,
  Decide,
  plain,
  routeTo,
  type CommandContract,
  type Route,
  type Routes,
} from '#event-store';
import { instrumentIdOf, storeCreditIdOf, type Digest } from '#kernel';
import { giftCard } from '../domain/gift-card.js';
import { type GiftCardCommand, type VoucherCommand } from '../domain/instrument-messages.js';
import { voucher } from '../domain/voucher.js';
import { AdjustBalanceDto, IssueGiftCardDto, IssueStoreCreditDto, IssueVoucherDto } from './voucher.dtos.js';

const scope = 'vouchers:write';

/** A body that names its instrument by the id in place of the code. */
const coded =
  (kind: 'gift-card' | 'voucher', idField: string) =>
  ({ code, ...body }: IssueGiftCardDto, digest: Digest) => ({
    ...body,
    ...(body.expiresAt !== undefined && { expiresAt: new Date(body.expiresAt).toISOString() }),
    [idField]: instrumentIdOf(kind, code, digest),
  });

interface StoreCredit extends IssueStoreCreditDto {
  /** Said by a process for a customer who is not known: a gift card whose code somebody has. */
  readonly giftCardId?: string;
}

const accountOf = ({ giftCardId, customerId, currency }: StoreCredit) =>
  giftCardId ?? storeCreditIdOf(customerId, currency);

const ofGiftCard = contractsFor(giftCard, 'giftCardId');

export const voucherCommands: readonly CommandContract[] = [
  ofGiftCard<IssueGiftCardDto>({
    name: 'IssueGiftCard',
    summary: 'Makes a gift card of a code that the caller has made up.',
    dto: IssueGiftCardDto,
    scope,
    veil: coded('gift-card', 'giftCardId'),
  }),
  contract<StoreCredit>({
    name: 'IssueStoreCredit',
    summary: 'Gives a customer money to spend with any order in their name.',
    dto: IssueStoreCreditDto,
    scope,
    stream: (body) => `${giftCard.category}-${accountOf(body)}`,
    message: (body, cause) => {
      const giftCardId = accountOf(body);
      return new Decide(
        giftCard,
        giftCardId,
        { type: 'IssueStoreCredit', data: { ...plain(body), giftCardId } },
        cause,
      );
    },
  }),
  ofGiftCard<AdjustBalanceDto>({
    name: 'AdjustBalance',
    summary: 'Corrects the balance of a gift card or of store credit by a difference.',
    dto: AdjustBalanceDto,
    scope,
  }),
  contractsFor(
    voucher,
    'voucherId',
  )<IssueVoucherDto>({
    name: 'IssueVoucher',
    summary: 'Makes a voucher of a code that the caller has made up.',
    dto: IssueVoucherDto,
    scope,
    veil: coded('voucher', 'voucherId'),
  }),
];

const toGiftCard: Route<GiftCardCommand> = routeTo(giftCard, ({ giftCardId }) => giftCardId);
const toVoucher: Route<VoucherCommand> = routeTo(voucher, ({ voucherId }) => voucherId);

/** What processes and timers may send. */
export const voucherRoutes = {
  IssueStoreCredit: toGiftCard,
  ExpireGiftCard: toGiftCard,
  HoldBalance: toGiftCard,
  RedeemHold: toGiftCard,
  ReleaseHold: toGiftCard,
  CreditBalance: toGiftCard,
  ExpireVoucher: toVoucher,
  HoldVoucher: toVoucher,
  RedeemVoucher: toVoucher,
  ReleaseVoucher: toVoucher,
  RefundVoucher: toVoucher,
} satisfies Partial<Routes<GiftCardCommand | VoucherCommand>>;
