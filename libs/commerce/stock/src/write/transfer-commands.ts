import { harmless, Id, Instant, LocationId, NestedList, Reference, Sku, Whole } from '#fields';
import { contractsFor, routeTo, type CommandContract, type Route, type Routes } from '#event-store';
import { transfer, type TransferCommand } from '../domain/transfer.js';
import { MAX_UNITS } from './inventory.dtos.js';

const MAX_LINES = 200;

class TransferLineDto {
  @Sku() readonly sku!: string;
  @Whole(1, MAX_UNITS, 3) readonly quantity!: number;
}

class TransferDto {
  @Id() readonly transferId!: string;
}

class TransferLinesDto extends TransferDto {
  @NestedList(() => TransferLineDto, 1, MAX_LINES) readonly lines!: readonly TransferLineDto[];
}

class RequestTransferDto extends TransferLinesDto {
  @LocationId() readonly from!: string;
  @LocationId() readonly to!: string;
}

class CancelTransferDto extends TransferDto {
  @Reference('no longer needed', harmless('It is about goods; analysts count it.')) readonly reason!: string;
}

class ShipTransferDto extends TransferLinesDto {
  @Instant() readonly eta!: string;
}

const contract = contractsFor(transfer, 'transferId');

const command = (name: string, dto: new () => object, summary: string) =>
  contract({ name, dto, summary, scope: 'stock:write' });

export const transferCommands: readonly CommandContract[] = [
  command(
    'RequestTransfer',
    RequestTransferDto,
    'Requests a transfer of goods to another location: reserves them all, or is cancelled.',
  ),
  command('CancelTransfer', CancelTransferDto, 'Cancels a transfer of which nothing was shipped.'),
  command(
    'ShipTransfer',
    ShipTransferDto,
    'Records goods of a transfer as shipped: they are in transit, and announced at their destination.',
  ),
  command('ReceiveTransfer', TransferLinesDto, 'Records goods of a transfer as received.'),
  command('CloseTransfer', TransferDto, 'Ends a transfer: what was shipped and not received is missing.'),
];

const toTransfer: Route<TransferCommand> = routeTo(transfer, ({ transferId }) => transferId);

/** What processes may send. */
export const transferRoutes = {
  ConfirmTransfer: toTransfer,
  CancelTransfer: toTransfer,
} satisfies Partial<Routes<TransferCommand>>;
