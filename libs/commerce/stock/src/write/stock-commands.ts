import { contract, plain, type CommandContract, type Route, type Routes } from '#event-store';
import { type Cause, type Message } from '#kernel';
import { stockItem, streamIdOfStock, type ActingChannel, type StockCommand } from '../domain/stock-item.js';
import { ChangeStock } from './change-stock.js';
import * as inventory from './inventory.dtos.js';
import * as reservations from './reservation.dtos.js';

type Scope = 'stock:write' | 'stock:reserve';

/** `command` translates the body of a request, without SKU and location, to the command of the domain. */
const stockCommand =
  (scope: Scope) =>
  <Dto extends inventory.StockItemDto>(
    name: string,
    summary: string,
    dto: new () => Dto,
    command: (data: Omit<Dto, keyof inventory.StockItemDto>, acting: ActingChannel) => StockCommand,
  ): CommandContract =>
    contract<Dto>({
      name,
      summary,
      dto,
      scope,
      stream: ({ sku, locationId }) => `${stockItem.category}-${streamIdOfStock(sku, locationId)}`,
      message: ({ sku, locationId, ...data }, cause) =>
        new ChangeStock(sku, locationId, plain(command(data, actingChannel(cause))), cause),
      refusals: { StockReservationDeclined: 'insufficient-stock' },
    });

/** A channel changes and ends its own reservations only; staff without a channel, those of all channels. */
const actingChannel = ({ channel }: Cause): ActingChannel =>
  channel === 'system' ? { byStaff: true } : { ofChannel: channel };

const utc = (dateTime: string) => new Date(dateTime).toISOString();

const inventoryCommand = stockCommand('stock:write');
const reservationCommand = stockCommand('stock:reserve');

export const stockCommands: readonly CommandContract[] = [
  inventoryCommand('ReceiveStock', 'Records goods that were received.', inventory.ReceiveStockDto, (data) => ({
    type: 'ReceiveStock',
    data,
  })),
  inventoryCommand(
    'RecordStockCount',
    'Corrects on hand to the units that were counted at an instant; later movements are not undone.',
    inventory.RecordStockCountDto,
    (data) => ({ type: 'RecordStockCount', data: { ...data, asOf: utc(data.asOf) } }),
  ),
  inventoryCommand('AdjustStock', 'Corrects on hand by a difference.', inventory.AdjustStockDto, (data) => ({
    type: 'AdjustStock',
    data,
  })),
  inventoryCommand(
    'MarkStockUnavailable',
    'Makes goods on hand unavailable for sale.',
    inventory.MarkStockDto,
    (data) => ({ type: 'MarkStockUnavailable', data }),
  ),
  inventoryCommand(
    'MarkStockAvailable',
    'Makes unavailable goods available again.',
    inventory.MarkStockDto,
    (data) => ({
      type: 'MarkStockAvailable',
      data,
    }),
  ),
  inventoryCommand(
    'AnnounceIncomingStock',
    'Announces a delivery, or changes its announcement.',
    inventory.AnnounceIncomingStockDto,
    (data) => ({ type: 'AnnounceIncomingStock', data: { ...data, eta: utc(data.eta) } }),
  ),
  inventoryCommand(
    'ChangeIncomingStock',
    'Changes or cancels the announcement of a delivery.',
    inventory.ChangeIncomingStockDto,
    (data) => ({ type: 'ChangeIncomingStock', data: { ...data, eta: utc(data.eta) } }),
  ),
  inventoryCommand(
    'SetBackorderLimit',
    'Sets how many units may be reserved beyond the sellable stock.',
    inventory.SetBackorderLimitDto,
    (data) => ({ type: 'SetBackorderLimit', data }),
  ),
  inventoryCommand(
    'RecordStoreSale',
    'Records a line of a till receipt as sold, once. It is never refused for lack of stock: it has happened.',
    inventory.RecordStoreSaleDto,
    ({ quantity, tillId, receiptNo, line }) => {
      const receiptLine = `${tillId}/${receiptNo}/${line}`;
      return {
        type: 'RecordStockIssue',
        data: { quantity, cause: 'store-sale', ref: receiptLine, factId: receiptLine },
      };
    },
  ),
  inventoryCommand(
    'RestockReturn',
    'Records returned goods at the location that received them.',
    inventory.RestockReturnDto,
    (data) => ({ type: 'RestockReturn', data }),
  ),

  reservationCommand(
    'ReserveStock',
    'Reserves units for an order or a cart, or answers how many are available.',
    reservations.ReserveStockDto,
    ({ expiresAt, promisedFor, ...data }) => ({
      type: 'ReserveStock',
      data: {
        ...data,
        ...(expiresAt !== undefined && { expiresAt: utc(expiresAt) }),
        ...(promisedFor !== undefined && { promisedFor: utc(promisedFor) }),
      },
    }),
  ),
  reservationCommand(
    'ExtendReservation',
    'Lets a soft reservation expire later.',
    reservations.ExtendReservationDto,
    (data, acting) => ({
      type: 'ExtendReservation',
      data: { ...data, expiresAt: utc(data.expiresAt), ...acting },
    }),
  ),
  reservationCommand(
    'FirmReservation',
    'Makes a soft reservation hard: it lasts until a command ends it.',
    reservations.ReservationDto,
    (data, acting) => ({ type: 'FirmReservation', data: { ...data, ...acting } }),
  ),
  reservationCommand(
    'ReduceReservation',
    'Releases some units of a reservation.',
    reservations.ReduceReservationDto,
    (data, acting) => ({ type: 'ReduceReservation', data: { ...data, ...acting } }),
  ),
  reservationCommand(
    'ReleaseReservation',
    'Releases all units of a reservation.',
    reservations.ReleaseReservationDto,
    (data, acting) => ({ type: 'ReleaseReservation', data: { ...data, ...acting } }),
  ),
  inventoryCommand(
    'ConsumeReservation',
    'Records that all or some units of a reservation were shipped or handed over.',
    reservations.ConsumeReservationDto,
    (data, acting) => ({ type: 'ConsumeReservation', data: { ...data, ...acting } }),
  ),
];

interface StockItemKey {
  readonly sku: string;
  readonly locationId: string;
}

/** A command for one stock item as processes send it: the data of the domain's command with `sku` and `locationId` added. */
export type StockItemCommand<Type extends StockCommand['type'] = StockCommand['type']> = Type extends unknown
  ? Message<Type, Extract<StockCommand, { type: Type }>['data'] & StockItemKey>
  : never;

const toStock = <Data extends StockItemKey>(
  commandOf: (data: Omit<Readonly<Data>, keyof StockItemKey>) => StockCommand,
): Route<Message<string, Data>> => ({
  stream: ({ data: { sku, locationId } }) => `${stockItem.category}-${streamIdOfStock(sku, locationId)}`,
  message: ({ data: { sku, locationId, ...data } }, cause) => new ChangeStock(sku, locationId, commandOf(data), cause),
});

/** What processes and timers may send. */
export const stockRoutes: Routes<
  Exclude<
    StockItemCommand,
    { type: 'RecordStockCount' | 'SetBackorderLimit' | 'MarkStockAvailable' | 'FirmReservation' }
  >
> = {
  ReceiveStock: toStock((data) => ({ type: 'ReceiveStock', data })),
  AdjustStock: toStock((data) => ({ type: 'AdjustStock', data })),
  MarkStockUnavailable: toStock((data) => ({ type: 'MarkStockUnavailable', data })),
  AnnounceIncomingStock: toStock((data) => ({ type: 'AnnounceIncomingStock', data })),
  ChangeIncomingStock: toStock((data) => ({ type: 'ChangeIncomingStock', data })),
  ReserveStock: toStock((data) => ({ type: 'ReserveStock', data })),
  ExtendReservation: toStock((data) => ({ type: 'ExtendReservation', data })),
  ReduceReservation: toStock((data) => ({ type: 'ReduceReservation', data })),
  ReleaseReservation: toStock((data) => ({ type: 'ReleaseReservation', data })),
  ExpireReservation: toStock((data) => ({ type: 'ExpireReservation', data })),
  ConsumeReservation: toStock((data) => ({ type: 'ConsumeReservation', data })),
  RecordStockIssue: toStock((data) => ({ type: 'RecordStockIssue', data })),
  RestockReturn: toStock((data) => ({ type: 'RestockReturn', data })),
};
