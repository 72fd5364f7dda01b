/** Checks tenders against the amount of an order. */
import { DomainError } from '#kernel';
import { checkUnique } from './order-lines.js';
import { type OrderDetails, type Tender } from './order-messages.js';

/** @throws DomainError `tenders-do-not-add-up`, `invalid-lines`, `voucher-repeated` */
export const checkTenders = ({ tenders, payLater }: Pick<OrderDetails, 'tenders' | 'payLater'>, total: number) => {
  if (!tenders) return;
  checkUnique(tenders.map(({ tenderId }) => tenderId));
  checkVouchers(tenders, []);
  const offered = sumOfTenders(tenders);
  if (offered === total || (payLater && offered < total)) return;
  const message = `The tenders come to ${offered}, the order to ${total} minor units`;
  throw new DomainError('tenders-do-not-add-up', message, { offered, total });
};

/** A voucher has a worth for each order, not for each tender. @throws DomainError `voucher-repeated` */
const checkVouchers = (tenders: readonly Tender[], earlier: Iterable<string>) => {
  const known = new Set(earlier);
  for (const { tenderId, kind, instrumentId } of tenders) {
    if (kind !== 'voucher' || instrumentId === undefined) continue;
    if (known.has(instrumentId)) {
      const message = `The voucher of tender ${tenderId} pays this order already: a voucher pays an order once`;
      throw new DomainError('voucher-repeated', message, { tenderId });
    }
    known.add(instrumentId);
  }
};

interface TenderAccount {
  readonly isPaidHere: boolean;
  /** Amounts by tender id, without dropped tenders, in minor units. */
  readonly tenders: ReadonlyMap<string, number>;
  /** Ids of the vouchers among the tenders, by tender id. */
  readonly vouchers: ReadonlyMap<string, string>;
  /** Part of the tenders that was given back. */
  readonly returnedTenders: number;
  /** Total of the order less the value of cancelled and returned units. */
  readonly payable: number;
}

/** The amount that no tender covers yet, in minor units. */
export const amountDue = ({ isPaidHere, tenders, returnedTenders, payable }: Omit<TenderAccount, 'vouchers'>) =>
  isPaidHere ? payable - (tenderedAmount(tenders) - returnedTenders) : 0;

/** @throws DomainError `tender-exists`, `voucher-repeated`, `nothing-due`, `paid-elsewhere` */
export const checkAdditionalTenders = (more: readonly Tender[], account: TenderAccount) => {
  checkUnique(more.map(({ tenderId }) => tenderId));
  const existing = more.find(({ tenderId }) => account.tenders.has(tenderId));
  if (existing) throw new DomainError('tender-exists', `There is a tender ${existing.tenderId} already`);
  checkVouchers(more, account.vouchers.values());
  if (!account.isPaidHere)
    throw new DomainError(
      'paid-elsewhere',
      'The order was placed without tenders and without payLater: it is not paid through Kontor',
    );
  const due = amountDue(account);
  const offered = sumOfTenders(more);
  if (offered <= due) return;
  const message = due > 0 ? `Only ${due} minor units are due, not ${offered}` : 'Nothing is due';
  throw new DomainError('nothing-due', message, { due, offered });
};

export const tenderedAmount = (tenders: TenderAccount['tenders']) =>
  tenders.values().reduce((sum, amount) => sum + amount, 0);

const sumOfTenders = (tenders: readonly Tender[]) => tenders.reduce((sum, { amount }) => sum + amount, 0);
