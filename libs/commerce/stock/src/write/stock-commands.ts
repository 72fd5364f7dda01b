import { plain, type CommandContract, type Route, type Routes } from '#event-store';
import { type Cause, type Message } from '#kernel';
import { stockItem, streamIdOfStock, type StockCommand } from '../domain/stock-item.js';
import { ChangeStock } from './change-stock.js';
import * as facts from './fact.dtos.js';
import * as reservations from './reservation.dtos.js';

type Scope = 'stock:write' | 'stock:reserve';

/** A command for one stock item: `command` says in the domain's words what the body says in the channel's. */
const contract =
  (scope: Scope) =>
  <Dto extends facts.StockPlaceDto>(
    name: string,
    summary: string,
    dto: new () => Dto,
    command: (data: Omit<Dto, keyof facts.StockPlaceDto>) => StockCommand,
  ): CommandContract => {
    const typed: CommandContract<Dto> = {
      name,
      summary,
      dto,
      scope,
      stream: ({ sku, locationId }) => `${stockItem.category}-${streamIdOfStock(sku, locationId)}`,
      message: ({ sku, locationId, ...data }, cause) =>
        new ChangeStock(sku, locationId, ownOnly(plain(command(data)), cause), cause),
      refusals: { StockReservationDeclined: 'insufficient-stock' },
    };
    return typed as unknown as CommandContract; // whoever calls it has made the body an instance of `dto`
  };

/** A channel ends and changes its own reservations only; staff that act for none reach all. */
const ownOnly = (command: StockCommand, { channel }: Cause): StockCommand =>
  OWN.has(command.type) && channel !== 'system'
    ? ({ type: command.type, data: { ...command.data, ofChannel: channel } } as StockCommand)
    : command;

const OWN = new Set(['ExtendReservation', 'FirmReservation', 'ReduceReservation', 'ReleaseReservation']);

/** A line of a receipt happens once: its name is that of the fact. */
const receiptLine = (ref: string) => ({ ref, factId: ref });

const utc = (dateTime: string) => new Date(dateTime).toISOString();

const fact = contract('stock:write');
const promise = contract('stock:reserve');

export const stockCommands: readonly CommandContract[] = [
  fact('ReceiveStock', 'Books a delivery in.', facts.ReceiveStockDto, (data) => ({ type: 'ReceiveStock', data })),
  fact(
    'RecordStockCount',
    'Corrects what is on hand to what was counted as of an instant; movements after it are kept.',
    facts.RecordStockCountDto,
    (data) => ({ type: 'RecordStockCount', data: { ...data, asOf: utc(data.asOf) } }),
  ),
  fact('AdjustStock', 'Corrects what is on hand by a difference.', facts.AdjustStockDto, (data) => ({
    type: 'AdjustStock',
    data,
  })),
  fact('MarkStockUnavailable', 'Takes goods that are on hand out of sale.', facts.MarkStockDto, (data) => ({
    type: 'MarkStockUnavailable',
    data,
  })),
  fact('MarkStockAvailable', 'Puts goods back on sale.', facts.MarkStockDto, (data) => ({
    type: 'MarkStockAvailable',
    data,
  })),
  fact('AnnounceIncomingStock', 'Says what will arrive, and when.', facts.AnnounceIncomingStockDto, (data) => ({
    type: 'AnnounceIncomingStock',
    data: { ...data, eta: utc(data.eta) },
  })),
  fact('ChangeIncomingStock', 'Changes what was announced.', facts.ChangeIncomingStockDto, (data) => ({
    type: 'ChangeIncomingStock',
    data: { ...data, eta: utc(data.eta) },
  })),
  fact('SetBackorderLimit', 'Lets more be reserved than is there.', facts.SetBackorderLimitDto, (data) => ({
    type: 'SetBackorderLimit',
    data,
  })),
  fact(
    'RecordStoreSale',
    'Books a line of a till receipt out, once. Never refused for want of stock: it has happened.',
    facts.RecordStoreSaleDto,
    ({ quantity, tillId, receiptNo, line }) => ({
      type: 'RecordStockIssue',
      data: { quantity, cause: 'store-sale', ...receiptLine(`${tillId}/${receiptNo}/${line}`) },
    }),
  ),
  fact('RestockReturn', 'Books returned goods in where they were received.', facts.RestockReturnDto, (data) => ({
    type: 'RestockReturn',
    data,
  })),

  promise(
    'ReserveStock',
    'Holds units for an order or a cart, or says how many are left.',
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
  promise('ExtendReservation', 'Makes a soft reservation last longer.', reservations.ExtendReservationDto, (data) => ({
    type: 'ExtendReservation',
    data: { ...data, expiresAt: utc(data.expiresAt) },
  })),
  promise('FirmReservation', 'Makes a reservation last until it is ended.', reservations.ReservationDto, (data) => ({
    type: 'FirmReservation',
    data,
  })),
  promise('ReduceReservation', 'Gives a part back.', reservations.ReduceReservationDto, (data) => ({
    type: 'ReduceReservation',
    data,
  })),
  promise('ReleaseReservation', 'Gives all of it back.', reservations.ReleaseReservationDto, (data) => ({
    type: 'ReleaseReservation',
    data,
  })),
  fact(
    'ConsumeReservation',
    'Books reserved goods out, all or some: shipped, or handed over.',
    reservations.ConsumeReservationDto,
    (data) => ({ type: 'ConsumeReservation', data }),
  ),
];

interface StockPlace {
  readonly sku: string;
  readonly locationId: string;
}

/** A command for one stock item as processes send it: in the domain's own words, with `sku` and `locationId` beside them. */
export type StockItemCommand<Type extends StockCommand['type'] = StockCommand['type']> = Type extends unknown
  ? Message<Type, Extract<StockCommand, { type: Type }>['data'] & StockPlace>
  : never;

const toStock = <Data extends StockPlace>(
  commandOf: (data: Omit<Readonly<Data>, keyof StockPlace>) => StockCommand,
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
