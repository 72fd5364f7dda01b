/** A correction of the books that belongs to no order, for example bad debt: stream `ledger-<entryId>`. */
import { type Message } from '#kernel';

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
