/** A correction of the trade figures that belongs to no order, for example bad debt: stream `ledger-<entryId>`. */
import { DomainError, type Decider, type EventDefinitions, type Message, type Named, totalOf } from '#kernel';

export interface LedgerEntry {
  readonly externalRef?: string;
  readonly title: string;
  readonly currency: string;
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  readonly attributes?: Readonly<Record<string, string>>;
}

export type LedgerCommand = Message<'AdjustLedger', { entryId: string } & LedgerEntry>;
export type LedgerEvent = Message<'LedgerAdjusted', LedgerEntry>;

interface Ledger {
  readonly adjusted: boolean;
}

type Adjust = Named<LedgerCommand, 'AdjustLedger'>; // another command does not compile before it is decided here

const decide = ({ data: { entryId, ...entry } }: Adjust, { adjusted }: Ledger): LedgerEvent[] => {
  if (adjusted) throw new DomainError('ledger-entry-exists', `There is an entry ${entryId} already`);
  totalOf([entry], entry.currency); // throws if the amount is too large to be exact
  return [{ type: 'LedgerAdjusted', data: entry }];
};

const decider: Decider<Ledger, LedgerCommand, LedgerEvent> = {
  initialState: () => ({ adjusted: false }),
  decide,
  evolve: () => ({ adjusted: true }),
};

const events: EventDefinitions<LedgerEvent> = { LedgerAdjusted: { version: 1, first: true } };

const creates: LedgerCommand['type'][] = ['AdjustLedger'];

export const ledgerEntry = { category: 'ledger', decider, events, creates };
