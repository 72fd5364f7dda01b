/**
 * How gift cards, vouchers and store credit are named. The code of a card is money to anyone who knows it, so it is replaced
 * by a keyed digest when a command arrives: streams, events and logs only ever hold the id. A channel says the code, never the id.
 */
import { KONTOR_NAMESPACE, uuidv5 } from './ids.js';
import { DomainError } from './message.js';
import { normalizeCode } from './spellings.js';

/** A keyed digest of a value of some kind, the same at every time. */
export type Digest = (kind: string, value: string) => string;

/** The same however the code is typed: `abcd-efgh 1234` is `ABCDEFGH1234`. */
export const instrumentIdOf = (kind: 'gift-card' | 'voucher', code: string, digest: Digest) =>
  `c${digest(kind, normalizeCode(code))}`;

/** A customer has one account of store credit per currency: only an order of theirs can name it. */
export const storeCreditIdOf = (customerId: string, currency: string) =>
  uuidv5(KONTOR_NAMESPACE, `store-credit/${currency}/${customerId}`);

/** What a return gave as credit is an account of its own: for whom the channel knows to have brought the goods back. */
export const returnCreditIdOf = (returnId: string) => uuidv5(KONTOR_NAMESPACE, `store-credit/${returnId}`);

interface SaidTender {
  readonly kind: string;
  /** Of a gift card or voucher. */
  readonly code?: string;
  /** Whose credit pays, where it is not the customer's. */
  readonly returnId?: string;
}

/** Tenders as streams may know them: for each code, and each return, the id. */
export const withoutCodes = <Tender extends SaidTender>(tenders: readonly Tender[], digest: Digest) =>
  tenders.map(({ code, returnId, ...tender }) => {
    const { kind } = tender;
    if (code !== undefined && isCoded(kind)) return { ...tender, instrumentId: instrumentIdOf(kind, code, digest) };
    if (returnId === undefined || kind !== 'store-credit') return tender;
    return { ...tender, instrumentId: returnCreditIdOf(returnId) };
  });

const isCoded = (kind: string) => kind === 'gift-card' || kind === 'voucher';

interface NamedTender {
  readonly kind: string;
  readonly instrumentId?: string;
}

interface Buyer {
  readonly customerId?: string | undefined;
  readonly currency: string;
}

/** Tenders that name what pays: store credit is that of a return, or of the order's customer. @throws DomainError customer-required, code-required */
export const withAccounts = <Tender extends NamedTender>(tenders: readonly Tender[], buyer: Buyer) =>
  tenders.map((tender) => {
    if (tender.instrumentId !== undefined) return tender;
    if (tender.kind === 'store-credit') return { ...tender, instrumentId: accountOf(buyer) };
    if (!isCoded(tender.kind)) return tender;
    throw new DomainError('code-required', 'A tender by gift card or voucher says its code');
  });

const accountOf = ({ customerId, currency }: Buyer) => {
  if (customerId !== undefined) return storeCreditIdOf(customerId, currency);
  throw new DomainError('customer-required', 'Only an order that names its customer can be paid by store credit');
};
