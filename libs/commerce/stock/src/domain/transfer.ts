/**
 * Goods on their way from one location to another.
 *
 *   requested ≥ shipped = in transit + received + missing
 */
import { DomainError, type Decider, type EventDefinition, type EventDefinitions } from '#kernel';
import { type TransferCommand, type TransferEvent, type TransferLine } from './transfer-messages.js';

export * from './transfer-messages.js';

interface Line {
  readonly requested: number;
  shipped: number;
  received: number;
}

export interface Transfer {
  status: 'none' | 'requested' | 'confirmed' | 'ended';
  /** By SKU. */
  readonly lines: Map<string, Line>;
}

type Data<Type extends TransferCommand['type']> = Extract<TransferCommand, { type: Type }>['data'];

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
      return transfer.status === 'ended' ? [] : [closed(open(transfer))];
  }
};

const request = ({ from, to, lines }: Data<'RequestTransfer'>, { status }: Readonly<Transfer>): TransferEvent[] => {
  if (status !== 'none') throw new DomainError('transfer-exists', 'There is a transfer of this id');
  if (from === to) throw new DomainError('invalid-lines', 'Goods are transferred to another location');
  eachOnce(lines);
  return [{ type: 'TransferRequested', data: { from, to, lines } }];
};

const cancel = ({ reason }: Data<'CancelTransfer'>, { status, lines }: Readonly<Transfer>): TransferEvent[] => {
  if (status === 'ended') return [];
  if (status === 'none') throw notFound();
  const hasLeft = lines.values().some(({ shipped }) => shipped > 0);
  if (hasLeft) throw new DomainError('transfer-shipped', 'Goods have left: receive them, then close the transfer');
  return [{ type: 'TransferCancelled', data: { reason } }];
};

const ship = ({ lines, eta }: Data<'ShipTransfer'>, transfer: Readonly<Transfer>): TransferEvent[] => {
  within(lines, open(transfer), ({ requested, shipped }) => requested - shipped);
  return [{ type: 'TransferShipped', data: { lines, eta } }];
};

/** With the last unit that can arrive the transfer ends. */
const receive = ({ lines }: Data<'ReceiveTransfer'>, transfer: Readonly<Transfer>): TransferEvent[] => {
  within(lines, open(transfer), ({ shipped, received }) => shipped - received);
  const now = new Map(lines.map(({ sku, quantity }) => [sku, quantity]));
  const all = transfer.lines.entries().every(([sku, one]) => one.received + (now.get(sku) ?? 0) === one.requested);
  const arrived: TransferEvent = { type: 'TransferReceived', data: { lines } };
  return all ? [arrived, { type: 'TransferClosed', data: { missing: [], unshipped: [] } }] : [arrived];
};

const closed = ({ lines }: Readonly<Transfer>): TransferEvent => {
  const units = (of: (line: Line) => number) =>
    [...lines].map(([sku, line]) => ({ sku, quantity: of(line) })).filter(({ quantity }) => quantity > 0);
  const missing = units(({ shipped, received }) => shipped - received);
  const unshipped = units(({ requested, shipped }) => requested - shipped);
  return { type: 'TransferClosed', data: { missing, unshipped } };
};

/** @throws DomainError when a SKU stands there twice, is none of the transfer's, or has more units than there can be */
const within = (lines: readonly TransferLine[], transfer: Readonly<Transfer>, most: (line: Line) => number) => {
  eachOnce(lines);
  for (const { sku, quantity } of lines) {
    const line = transfer.lines.get(sku);
    if (!line) throw new DomainError('line-not-found', `The transfer has no ${sku}`);
    const available = most(line);
    if (quantity <= available) continue;
    throw new DomainError('not-enough-stock', `${quantity} × ${sku} are more than the ${available} there are`, {
      available,
    });
  }
};

const eachOnce = (lines: readonly TransferLine[]) => {
  if (new Set(lines.map(({ sku }) => sku)).size === lines.length) return;
  throw new DomainError('invalid-lines', 'A transfer names each SKU once');
};

/** @throws DomainError unless goods may leave and arrive */
const open = (transfer: Readonly<Transfer>): Readonly<Transfer> => {
  if (transfer.status === 'confirmed') return transfer;
  if (transfer.status === 'none') throw notFound();
  if (transfer.status === 'requested') throw new DomainError('transfer-not-confirmed', 'Its goods are not held yet');
  throw new DomainError('transfer-ended', 'The transfer was cancelled or closed: put stock right with AdjustStock');
};

const notFound = () => new DomainError('transfer-not-found', 'There is no such transfer');

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
      return moved(transfer, data.lines, 'shipped');
    case 'TransferReceived':
      return moved(transfer, data.lines, 'received');
    case 'TransferCancelled':
    case 'TransferClosed':
      return Object.assign(transfer, { status: 'ended' });
  }
};

const moved = (transfer: Transfer, lines: readonly TransferLine[], how: 'shipped' | 'received') => {
  for (const { sku, quantity } of lines) {
    const line = transfer.lines.get(sku);
    if (line) line[how] += quantity;
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
