import { Id, Instant, LocationId, NestedList, Reference, Sku, Whole } from '#fields';
import { contractsFor, routeTo, type CommandContract, type Route, type Routes } from '#event-store';
import { transfer, type TransferCommand } from '../domain/transfer.js';
import { MOST_UNITS } from './fact.dtos.js';

const MOST_LINES = 200;

class TransferLineDto {
  @Sku() readonly sku!: string;
  @Whole(1, MOST_UNITS, 3) readonly quantity!: number;
}

class TransferDto {
  @Id() readonly transferId!: string;
}

class TransferLinesDto extends TransferDto {
  @NestedList(() => TransferLineDto, 1, MOST_LINES) readonly lines!: readonly TransferLineDto[];
}

class RequestTransferDto extends TransferLinesDto {
  @LocationId() readonly from!: string;
  @LocationId() readonly to!: string;
}

class CancelTransferDto extends TransferDto {
  @Reference('no longer needed') readonly reason!: string;
}

class ShipTransferDto extends TransferLinesDto {
  @Instant() readonly eta!: string;
}

const contract = contractsFor(transfer, 'transferId');

const command = (name: string, dto: new () => object, summary: string) =>
  contract({ name, dto, summary, scope: 'stock:write' });

export const transferCommands: readonly CommandContract[] = [
  command('RequestTransfer', RequestTransferDto, 'Asks for goods of one location at another: holds them, or cancels.'),
  command('CancelTransfer', CancelTransferDto, 'Calls a transfer off before anything has left.'),
  command('ShipTransfer', ShipTransferDto, 'Goods of a transfer left: in transit, and announced where they go.'),
  command('ReceiveTransfer', TransferLinesDto, 'Goods of a transfer arrived.'),
  command('CloseTransfer', TransferDto, 'Nothing more will leave or arrive: says what is missing.'),
];

const toTransfer: Route<TransferCommand> = routeTo(transfer, ({ transferId }) => transferId);

/** What processes may send. */
export const transferRoutes = {
  ConfirmTransfer: toTransfer,
  CancelTransfer: toTransfer,
} satisfies Partial<Routes<TransferCommand>>;
