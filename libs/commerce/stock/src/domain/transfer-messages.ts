/** What is said to and by a movement of goods from one location to another. */
import { type Message } from '#kernel';

/** Sellable units of a SKU; a transfer names each SKU once. */
export interface TransferLine {
  readonly sku: string;
  readonly quantity: number;
}

interface Moved {
  readonly lines: readonly TransferLine[];
}

interface Way extends Moved {
  readonly from: string;
  readonly to: string;
}

type Of<Name extends string, Data extends object> = Message<Name, Data & { readonly transferId: string }>;

export type TransferCommand =
  | Of<'RequestTransfer', Way>
  /** The goods are held at `from`. Sent by the process. */
  | Of<'ConfirmTransfer', object>
  /** Before anything has left. */
  | Of<'CancelTransfer', { readonly reason: string }>
  | Of<'ShipTransfer', Moved & { readonly eta: string }>
  | Of<'ReceiveTransfer', Moved>
  /** Nothing more will leave or arrive. */
  | Of<'CloseTransfer', object>;

export type TransferEvent =
  | Message<'TransferRequested', Way>
  | Message<'TransferConfirmed'>
  | Message<'TransferCancelled', { readonly reason: string }>
  | Message<'TransferShipped', Moved & { readonly eta: string }>
  | Message<'TransferReceived', Moved>
  /** `missing` left but never arrived; `unshipped` never left. */
  | Message<
      'TransferClosed',
      { readonly missing: readonly TransferLine[]; readonly unshipped: readonly TransferLine[] }
    >;
