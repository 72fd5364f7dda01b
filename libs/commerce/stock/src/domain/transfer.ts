/**
 * A transfer of goods from one location to another. For each of its lines, in sellable units:
 *
 *   requested ≥ shipped = in transit + received + missing
 */
import { DomainError, type Decider, type EventDefinition, type EventDefinitions, type Message } from '#kernel';

/** Sellable units of a SKU; a transfer names each SKU once. */
export interface TransferLine {
  readonly sku: string;
  readonly quantity: number;
}

interface TransferLines {
  readonly lines: readonly TransferLine[];
}

interface TransferRequest extends TransferLines {
  readonly from: string;
  readonly to: string;
}

type TransferMessage<Name extends string, Data extends object> = Message<Name, Data & { readonly transferId: string }>;

export type TransferCommand =
  | TransferMessage<'RequestTransfer', TransferRequest>
  /** All goods are reserved at the location they leave. Sent by the process. */
  | TransferMessage<'ConfirmTransfer', object>
  /** Possible until goods are shipped. */
  | TransferMessage<'CancelTransfer', { readonly reason: string }>
  | TransferMessage<'ShipTransfer', TransferLines & { readonly eta: string }>
  | TransferMessage<'ReceiveTransfer', TransferLines>
  /** Nothing more will be shipped or received. */
  | TransferMessage<'CloseTransfer', object>;

export type TransferEvent =
  | Message<'TransferRequested', TransferRequest>
  | Message<'TransferConfirmed'>
  | Message<'TransferCancelled', { readonly reason: string }>
  /** shipped + `quantity` of each line. `eta` is ISO 8601. */
  | Message<'TransferShipped', TransferLines & { readonly eta: string }>
  /** received + `quantity` of each line */
  | Message<'TransferReceived', TransferLines>
  /** `missing` units were shipped but never received; `unshipped` units were requested but never shipped. */
  | Message<
      'TransferClosed',
      { readonly missing: readonly TransferLine[]; readonly unshipped: readonly TransferLine[] }
    >;

interface LineQuantities {
  readonly requested: number;
  shipped: number;
  received: number;
}

export interface Transfer {
  status: 'none' | 'requested' | 'confirmed' | 'ended';
  /** By SKU. */
  readonly lines: Map<string, LineQuantities>;
}

const initialState = (): Transfer => ({ status: 'none', lines: new Map() });

const decide = ({ type, data }: TransferCommand, transfer: Readonly<Transfer>): TransferEvent[] => {
  switch (type) {
    case 'RequestTransfer':
      return request(data, transfer);
    case 'ConfirmTransfer':
      return transfer.status === 'requested' ? [{ type: 'TransferConfirmed', data: {} }] : [];
    case 'CancelTransfer':
      return cancel(data, transfer);
    case 'ShipTransfer':
      return ship(data, transfer);
    case 'ReceiveTransfer':
      return receive(data, transfer);
    case 'CloseTransfer':
      return close(transfer);
  }
};

type Data<Type extends TransferCommand['type']> = Extract<TransferCommand, { type: Type }>['data'];

/** @throws DomainError `transfer-exists`, `invalid-lines` */
const request = ({ from, to, lines }: Data<'RequestTransfer'>, { status }: Readonly<Transfer>): TransferEvent[] => {
  if (status !== 'none') throw new DomainError('transfer-exists', 'There is a transfer with this id');
  if (from === to) throw new DomainError('invalid-lines', 'A transfer goes from one location to another');
  checkEachSkuOnce(lines);
  return [{ type: 'TransferRequested', data: { from, to, lines } }];
};

/** @throws DomainError `transfer-not-found`, `transfer-shipped` */
const cancel = ({ reason }: Data<'CancelTransfer'>, { status, lines }: Readonly<Transfer>): TransferEvent[] => {
  if (status === 'ended') return [];
  if (status === 'none') throw transferNotFound();
  const isShipped = lines.values().some(({ shipped }) => shipped > 0);
  if (isShipped) {
    throw new DomainError('transfer-shipped', 'Goods have been shipped: receive them, then close the transfer');
  }
  return [{ type: 'TransferCancelled', data: { reason } }];
};

const ship = ({ lines, eta }: Data<'ShipTransfer'>, transfer: Readonly<Transfer>): TransferEvent[] => {
  checkConfirmed(transfer);
  checkQuantities(lines, transfer, ({ requested, shipped }) => requested - shipped);
  return [{ type: 'TransferShipped', data: { lines, eta } }];
};

/** The transfer is closed when the last requested unit is received. */
const receive = ({ lines }: Data<'ReceiveTransfer'>, transfer: Readonly<Transfer>): TransferEvent[] => {
  checkConfirmed(transfer);
  checkQuantities(lines, transfer, ({ shipped, received }) => shipped - received);
  const receivedNow = new Map(lines.map(({ sku, quantity }) => [sku, quantity]));
  const isComplete = transfer.lines
    .entries()
    .every(([sku, { requested, received }]) => received + (receivedNow.get(sku) ?? 0) === requested);
  const received: TransferEvent = { type: 'TransferReceived', data: { lines } };
  return isComplete ? [received, { type: 'TransferClosed', data: { missing: [], unshipped: [] } }] : [received];
};

const close = (transfer: Readonly<Transfer>): TransferEvent[] => {
  if (transfer.status === 'ended') return [];
  checkConfirmed(transfer);
  const missing = remainingLines(transfer, ({ shipped, received }) => shipped - received);
  const unshipped = remainingLines(transfer, ({ requested, shipped }) => requested - shipped);
  return [{ type: 'TransferClosed', data: { missing, unshipped } }];
};

const remainingLines = ({ lines }: Readonly<Transfer>, remaining: (line: LineQuantities) => number): TransferLine[] =>
  [...lines].map(([sku, line]) => ({ sku, quantity: remaining(line) })).filter(({ quantity }) => quantity > 0);

/** @throws DomainError `invalid-lines`, `line-not-found`, or `not-enough-stock` for more units than are available */
const checkQuantities = (
  lines: readonly TransferLine[],
  transfer: Readonly<Transfer>,
  availableOf: (line: LineQuantities) => number,
) => {
  checkEachSkuOnce(lines);
  for (const { sku, quantity } of lines) {
    const line = transfer.lines.get(sku);
    if (!line) throw new DomainError('line-not-found', `The transfer has no ${sku}`);
    const available = availableOf(line);
    if (quantity <= available) continue;
    const text = `${quantity} × ${sku} are requested, but only ${available} are available`;
    throw new DomainError('not-enough-stock', text, { available });
  }
};

const checkEachSkuOnce = (lines: readonly TransferLine[]) => {
  if (new Set(lines.map(({ sku }) => sku)).size === lines.length) return;
  throw new DomainError('invalid-lines', 'A transfer names each SKU once');
};

/** @throws DomainError `transfer-not-found`, `transfer-not-confirmed`, `transfer-ended` */
const checkConfirmed = ({ status }: Readonly<Transfer>) => {
  switch (status) {
    case 'confirmed':
      return;
    case 'none':
      throw transferNotFound();
    case 'requested':
      throw new DomainError('transfer-not-confirmed', 'The goods of the transfer are not reserved yet');
    case 'ended':
      throw new DomainError('transfer-ended', 'The transfer was cancelled or closed: correct stock with AdjustStock');
  }
};

const transferNotFound = () => new DomainError('transfer-not-found', 'There is no such transfer');

const evolve = (transfer: Transfer, { type, data }: TransferEvent): Transfer => {
  switch (type) {
    case 'TransferRequested':
      for (const { sku, quantity } of data.lines) {
        transfer.lines.set(sku, { requested: quantity, shipped: 0, received: 0 });
      }
      return Object.assign(transfer, { status: 'requested' });
    case 'TransferConfirmed':
      return Object.assign(transfer, { status: 'confirmed' });
    case 'TransferShipped':
      return addToLines(transfer, 'shipped', data.lines);
    case 'TransferReceived':
      return addToLines(transfer, 'received', data.lines);
    case 'TransferCancelled':
    case 'TransferClosed':
      return Object.assign(transfer, { status: 'ended' });
  }
};

const addToLines = (transfer: Transfer, total: 'shipped' | 'received', lines: readonly TransferLine[]) => {
  for (const { sku, quantity } of lines) {
    const line = transfer.lines.get(sku);
    if (!line) throw new Error(`${sku} was ${total} but is not a line of the transfer`);
    line[total] += quantity;
  }
  return transfer;
};

const first: EventDefinition = { version: 1 };
const events: EventDefinitions<TransferEvent> = {
  TransferRequested: { version: 1, first: true },
  TransferConfirmed: first,
  TransferCancelled: first,
  TransferShipped: first,
  TransferReceived: first,
  TransferClosed: first,
};
const decider: Decider<Transfer, TransferCommand, TransferEvent> = { initialState, decide, evolve };

/** A {@link StreamType} of #event-store; the domain does not import it. */
export const transfer = { category: 'transfer', decider, events };
