import { type CommandContract } from '#event-store';
import { KONTOR_NAMESPACE, uuidv5, type Cause } from '#kernel';
import { type LedgerCommand } from '../domain/ledger-entry.js';
import { type OrderCommand } from '../domain/order-messages.js';
import { type ReturnCommand } from '../domain/recorded-return.js';
import { ChangeOrder, RecordFact } from './change-order.js';
import { AdjustLedgerDto, RecordReturnDto } from './fact.dtos.js';
import {
  CancelOrderLinesDto,
  HoldOrderDto,
  PlaceOrderDto,
  RecordOrderDto,
  ReleaseOrderHoldDto,
  type AddressDto,
} from './order.dtos.js';
import { PlaceOrder } from './place-order.js';

// Whoever calls a contract has made the body an instance of its `dto`.
const contract = <Dto extends object>(typed: CommandContract<Dto>) => typed as unknown as CommandContract;

/** Without instances of classes, and without what was left out. */
const plain = <Body extends object>(body: Body) => JSON.parse(JSON.stringify(body)) as Body;

interface WithPersonalData {
  readonly orderId: string;
  readonly customerId?: string;
  readonly contact?: object;
  readonly shipTo?: AddressDto;
}

/** A customer is their own subject; the subject of a guest is made from the order's id, so a repeat gets the same. */
const subject = ({ orderId, customerId, contact, shipTo }: WithPersonalData) =>
  customerId ?? (contact || shipTo ? uuidv5(KONTOR_NAMESPACE, `guest/${orderId}`) : undefined);

const ofOrder = ({ orderId }: { orderId: string }) => `order-${orderId}`;

const change =
  (type: OrderCommand['type']) =>
  (body: { orderId: string }, cause: Cause): ChangeOrder =>
    new ChangeOrder(body.orderId, { type, data: plain(body) } as unknown as OrderCommand, cause);

const fact = (type: 'RecordReturn' | 'AdjustLedger') => (body: object, cause: Cause) =>
  new RecordFact({ type, data: plain(body) } as ReturnCommand | LedgerCommand, cause);

export const orderCommands: readonly CommandContract[] = [
  contract<PlaceOrderDto>({
    name: 'PlaceOrder',
    summary: 'Asks for an order: it is confirmed once its stock is reserved, or rejected.',
    dto: PlaceOrderDto,
    scope: 'orders:place',
    stream: ofOrder,
    message: (body, cause) => new PlaceOrder(plain(body), cause),
    subject,
  }),
  contract<RecordOrderDto>({
    name: 'RecordOrder',
    summary: 'Records an order that was sold and fulfilled elsewhere, such as the receipt of a till.',
    dto: RecordOrderDto,
    scope: 'orders:record',
    stream: ofOrder,
    message: change('RecordOrder'),
    subject,
  }),
  contract<HoldOrderDto>({
    name: 'HoldOrder',
    summary: 'Puts a hold on an order until it is released.',
    dto: HoldOrderDto,
    scope: 'orders:manage',
    stream: ofOrder,
    message: change('HoldOrder'),
  }),
  contract<ReleaseOrderHoldDto>({
    name: 'ReleaseOrderHold',
    summary: 'Releases a hold.',
    dto: ReleaseOrderHoldDto,
    scope: 'orders:manage',
    stream: ofOrder,
    message: change('ReleaseOrderHold'),
  }),
  contract<CancelOrderLinesDto>({
    name: 'CancelOrderLines',
    summary: 'Cancels units that are not fulfilled yet, gives their stock back and says what they were worth.',
    dto: CancelOrderLinesDto,
    scope: 'orders:manage',
    stream: ofOrder,
    message: change('CancelOrderLines'),
  }),
  contract<RecordReturnDto>({
    name: 'RecordReturn',
    summary: 'Records goods that came back and the money given back, with or without a known order.',
    dto: RecordReturnDto,
    scope: 'returns:record',
    stream: ({ returnId }) => `return-${returnId}`,
    message: fact('RecordReturn'),
  }),
  contract<AdjustLedgerDto>({
    name: 'AdjustLedger',
    summary: 'Records a correction of the books that belongs to no order.',
    dto: AdjustLedgerDto,
    scope: 'ledger:write',
    stream: ({ entryId }) => `ledger-${entryId}`,
    message: fact('AdjustLedger'),
  }),
];
