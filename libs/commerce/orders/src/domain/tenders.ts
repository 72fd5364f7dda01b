/** What an order costs, and what the buyer has offered for it. */
import { DomainError } from '#kernel';
import { checkUnique } from './order-lines.js';
import { type OrderDetails, type Tender } from './order-messages.js';

/** @throws DomainError `tenders-do-not-add-up`, `invalid-lines` */
export const checkTenders = ({ tenders, payLater }: Pick<OrderDetails, 'tenders' | 'payLater'>, total: number) => {
  if (!tenders) return;
  checkUnique(tenders.map(({ tenderId }) => tenderId));
  const offered = sumOfTenders(tenders);
  if (offered === total || (payLater && offered < total)) return;
  const message = `The tenders come to ${offered}, the order to ${total} minor units`;
  throw new DomainError('tenders-do-not-add-up', message, { offered, total });
};

interface TenderAccount {
  readonly isPaidHere: boolean;
  /** By tender; those that were dropped are gone. */
  readonly tenders: ReadonlyMap<string, number>;
  /** Of them, what went back. */
  readonly returnedTenders: number;
  /** What the order comes to, less what is cancelled or given back. */
  readonly payable: number;
}

/** What the buyer has not offered to pay yet. */
export const amountDue = ({ isPaidHere, tenders, returnedTenders: givenBack, payable }: TenderAccount) =>
  isPaidHere ? payable - (tenderedAmount(tenders) - givenBack) : 0;

/** @throws DomainError `tender-exists`, `nothing-due`, `paid-elsewhere` */
export const checkAdditionalTenders = (more: readonly Tender[], account: TenderAccount) => {
  checkUnique(more.map(({ tenderId }) => tenderId));
  const known = more.find(({ tenderId }) => account.tenders.has(tenderId));
  if (known) throw new DomainError('tender-exists', `There is a tender ${known.tenderId} already`);
  if (!account.isPaidHere)
    throw new DomainError(
      'paid-elsewhere',
      'The order was placed without tenders and without payLater: its payment is not Kontor’s business',
    );
  const due = amountDue(account);
  const offered = sumOfTenders(more);
  if (offered <= due) return;
  const message = due > 0 ? `Only ${due} minor units are due, not ${offered}` : 'Nothing is due';
  throw new DomainError('nothing-due', message, { due, offered });
};

export const tenderedAmount = (tenders: TenderAccount['tenders']) =>
  tenders.values().reduce((all, amount) => all + amount, 0);

const sumOfTenders = (tenders: readonly Tender[]) => tenders.reduce((all, { amount }) => all + amount, 0);
