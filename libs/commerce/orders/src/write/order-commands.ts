import {
  contract,
  contractsFor,
  plain,
  withReasonAndNote,
  routeTo,
  type CommandContract,
  type Route,
  type Routes,
} from '#event-store';
import { guestOf, withoutCodes, type Digest } from '#kernel';
import { ledgerEntry } from '../domain/ledger-entry.js';
import { type OrderCommand } from '../domain/order-messages.js';
import { order } from '../domain/order.js';
import { addressKeyOf } from '../domain/recipient.js';
import { AdjustLedgerDto } from './ledger-entry.dtos.js';
import {
  ApplyOrderEditDto,
  CancelOrderLinesDto,
  DiscardOrderEditDto,
  HoldOrderDto,
  PayOrderDto,
  PlaceOrderDto,
  ProposeOrderEditDto,
  RecordOrderDto,
  ReleaseOrderHoldDto,
  type AddressDto,
  type TenderDto,
} from './order.dtos.js';
import { OrderOutcomes } from './order-outcomes.js';
import { PlaceOrder } from './place-order.js';
import { ProposeOrderEdit } from './propose-order-edit.js';
import { replanRoute, type ReplanCommand } from './replan-fulfillment.js';

interface WithPersonalData {
  readonly orderId: string;
  readonly customerId?: string;
  readonly contact?: object;
  readonly shipTo?: AddressDto;
}

/** The subject of a guest is derived from the order's id, so that a repeated command gets the same one. */
const subject = ({ orderId, customerId, contact, shipTo }: WithPersonalData) =>
  customerId ?? (contact || shipTo ? guestOf(orderId) : undefined);

/** Replaces the codes of gift cards and vouchers, which no stream may contain. */
const tokenizeSecrets = <Body extends { readonly tenders?: readonly TenderDto[] }>(
  { tenders, ...body }: Body,
  digest: Digest,
) => (tenders ? { ...body, tenders: withoutCodes(tenders, digest) } : body);

const tokenizePlacement = (body: PlaceOrderDto, digest: Digest) => {
  const { shipTo, country = '' } = body;
  return { ...tokenizeSecrets(body, digest), ...(shipTo && { addressKey: addressKeyOf(shipTo, country, digest) }) };
};

const orderContract = contractsFor(order, 'orderId');

export const orderCommands: readonly CommandContract[] = [
  contract<PlaceOrderDto>({
    name: 'PlaceOrder',
    summary: 'Asks for an order: it is confirmed once its stock is reserved, or rejected.',
    dto: PlaceOrderDto,
    scope: 'orders:place',
    stream: ({ orderId }) => `order-${orderId}`,
    namedStreams: ({ cartId }) => (cartId === undefined ? [] : [`cart-${cartId}`]),
    anyChannelScope: 'carts:any-channel',
    message: (body, cause) => new PlaceOrder(plain(body), cause),
    tokenizeSecrets: tokenizePlacement,
    subject,
    completion: {
      port: OrderOutcomes,
      location: (orderId) => `/v1/orders/${encodeURIComponent(orderId)}`,
      answer: 'AcceptedOrder',
      ended: 'The order has its answer: see state.',
      pending: 'The order is being checked out.',
    },
  }),
  orderContract({
    name: 'RecordOrder',
    summary: 'Records an order that was sold and fulfilled elsewhere, such as the receipt of a till.',
    dto: RecordOrderDto,
    scope: 'orders:record',
    subject,
  }),
  withReasonAndNote(
    orderContract({
      name: 'HoldOrder',
      summary: 'Puts a hold on an order until it is released.',
      dto: HoldOrderDto,
      scope: 'orders:manage',
    }),
  ),
  withReasonAndNote(
    orderContract({
      name: 'ReleaseOrderHold',
      summary: 'Releases a hold, perhaps with the reason.',
      dto: ReleaseOrderHoldDto,
      scope: 'orders:manage',
    }),
  ),
  withReasonAndNote(
    orderContract({
      name: 'CancelOrderLines',
      summary: 'Cancels units that have not left: the locations that work on them are asked first.',
      dto: CancelOrderLinesDto,
      scope: 'orders:manage',
    }),
  ),
  orderContract({
    name: 'PayOrder',
    summary: 'Pays what is still due, on this channel or another.',
    dto: PayOrderDto,
    tokenizeSecrets,
    scope: 'orders:pay',
  }),
  contract<ProposeOrderEditDto>({
    name: 'ProposeOrderEdit',
    summary: 'Previews the price of adding and removing lines; nothing changes yet.',
    dto: ProposeOrderEditDto,
    scope: 'orders:manage',
    stream: ({ orderId }) => `order-${orderId}`,
    message: (body, cause) => new ProposeOrderEdit(plain(body), cause),
  }),
  orderContract({
    name: 'ApplyOrderEdit',
    summary:
      'Applies a proposed edit: new lines are sourced, removed ones cancelled, the difference paid or given back.',
    dto: ApplyOrderEditDto,
    tokenizeSecrets,
    scope: 'orders:manage',
  }),
  orderContract({
    name: 'DiscardOrderEdit',
    summary: 'Discards a proposed edit.',
    dto: DiscardOrderEditDto,
    scope: 'orders:manage',
  }),
  contractsFor(
    ledgerEntry,
    'entryId',
  )({
    name: 'AdjustLedger',
    summary: 'Records a correction of the trade figures that belongs to no order.',
    dto: AdjustLedgerDto,
    scope: 'ledger:write',
  }),
];

const orderRoute: Route<OrderCommand> = routeTo(order, ({ orderId }) => orderId);

/** What processes and timers may send. */
export const orderRoutes = {
  PlanFulfillment: orderRoute,
  ReplanFulfillment: replanRoute,
  ConfirmOrder: orderRoute,
  RejectOrder: orderRoute,
  ExpireCheckout: orderRoute,
  HoldOrder: orderRoute,
  ReleaseOrderHold: orderRoute,
  DropTender: orderRoute,
  ReallocateOrder: orderRoute,
  RecordFulfillment: orderRoute,
  SettleCancellation: orderRoute,
  AnnounceReturn: orderRoute,
  WithdrawReturn: orderRoute,
  RecordReturned: orderRoute,
  AddRecordedReturn: orderRoute,
  AddRefund: orderRoute,
} satisfies Partial<Routes<OrderCommand | ReplanCommand>>;
