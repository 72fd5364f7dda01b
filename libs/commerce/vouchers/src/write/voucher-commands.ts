import {
  contract,
  contractsFor,
  Decide,
  plain,
  withReasonAndNote,
  routeTo,
  type CommandContract,
  type Route,
  type Routes,
} from '#event-store';
import { DomainError, instrumentIdOf, normalizeCode, storeCreditIdOf, type Digest } from '#kernel';
import { giftCard } from '../domain/gift-card.js';
import { type GiftCardCommand, type VoucherCommand } from '../domain/instrument-messages.js';
import { voucher } from '../domain/voucher.js';
import { AdjustBalanceDto, IssueGiftCardDto, IssueStoreCreditDto, IssueVoucherDto } from './voucher.dtos.js';

const scope = 'vouchers:write';

/** Replaces the code in a body by the id of the instrument, so that no code is ever stored. */
const replaceCodeById =
  (kind: 'gift-card' | 'voucher', idField: string) =>
  ({ code, ...body }: IssueGiftCardDto, digest: Digest) => ({
    ...checked(code, body),
    ...(body.expiresAt !== undefined && { expiresAt: new Date(body.expiresAt).toISOString() }),
    [idField]: instrumentIdOf(kind, code, digest),
  });

/** Nobody guesses a code with so much randomness. */
const MIN_BITS = 60;

/** @throws DomainError `code-too-short` for a code that can be guessed, however random it is */
const checked = <Body>(code: string, body: Body): Body => {
  const text = normalizeCode(code);
  const bits = text.length * Math.log2(/^\d+$/.test(text) ? 10 : 36);
  if (bits >= MIN_BITS) return body;
  const message = 'The code can be guessed: give one of at least 12 random letters and digits, or of 19 random digits';
  throw new DomainError('code-too-short', message, { length: text.length });
};

interface StoreCreditBody extends IssueStoreCreditDto {
  /** Set by a process where the customer is unknown: the credit then goes to a gift card with a code. */
  readonly giftCardId?: string;
}

const storeCreditAccount = ({ giftCardId, customerId, currency }: StoreCreditBody) =>
  giftCardId ?? storeCreditIdOf(customerId, currency);

const giftCardContract = contractsFor(giftCard, 'giftCardId');

export const voucherCommands: readonly CommandContract[] = [
  giftCardContract<IssueGiftCardDto>({
    name: 'IssueGiftCard',
    summary: 'Issues a gift card with a code that the caller has generated.',
    dto: IssueGiftCardDto,
    scope,
    tokenizeSecrets: replaceCodeById('gift-card', 'giftCardId'),
  }),
  withReasonAndNote(
    contract<StoreCreditBody>({
      name: 'IssueStoreCredit',
      summary: "Gives a customer credit, to spend on any order in the customer's name.",
      dto: IssueStoreCreditDto,
      scope,
      stream: (body) => `${giftCard.category}-${storeCreditAccount(body)}`,
      message: (body, cause) => {
        const giftCardId = storeCreditAccount(body);
        return new Decide(
          giftCard,
          giftCardId,
          { type: 'IssueStoreCredit', data: { ...plain(body), giftCardId } },
          cause,
        );
      },
      subject: ({ customerId }) => customerId,
    }),
  ),
  withReasonAndNote(
    giftCardContract<AdjustBalanceDto>({
      name: 'AdjustBalance',
      summary: 'Adds a positive or negative correction to the balance of a gift card or of store credit.',
      dto: AdjustBalanceDto,
      scope,
    }),
  ),
  contractsFor(
    voucher,
    'voucherId',
  )<IssueVoucherDto>({
    name: 'IssueVoucher',
    summary: 'Issues a voucher with a code that the caller has generated.',
    dto: IssueVoucherDto,
    scope,
    tokenizeSecrets: replaceCodeById('voucher', 'voucherId'),
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
