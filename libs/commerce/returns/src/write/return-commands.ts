import { contract, contractsFor, plain, routeTo, type CommandContract, type Route, type Routes } from '#event-store';
import { order } from '#orders';
import { goodsReturn, type ReturnCommand } from '../domain/return.js';
import { RecordReturnDto } from './recorded-return.dtos.js';
import { ChangeReturnAtLocation } from './change-return-at-location.js';
import { RequestReturn } from './request-return.js';
import {
  ApproveReturnDto,
  CloseReturnDto,
  DeclineReturnDto,
  ExchangeReturnDto,
  InspectReturnDto,
  PayOutReturnDto,
  ReceiveReturnDto,
  RequestReturnDto,
  RetryReturnRefundDto,
} from './return.dtos.js';

const ofReturn = contractsFor(goodsReturn, 'returnId');
const scope = 'returns:manage';
/** Goods of an order of another channel are brought to a store, which takes them and gives the money back. */
const anyChannelScope = 'returns:in-store';

/** Like {@link ofReturn}, for commands that name a location, which must be registered. */
const atLocation: typeof ofReturn = (typed) => ({
  ...ofReturn(typed),
  message: (body, cause) =>
    new ChangeReturnAtLocation(
      { type: typed.name, data: plain(body) } as unknown as ChangeReturnAtLocation['command'],
      cause,
    ),
});

export const returnCommands: readonly CommandContract[] = [
  ofReturn({
    name: 'RecordReturn',
    summary: 'Records goods that were returned and the money that was refunded, with or without a known order.',
    dto: RecordReturnDto,
    scope: 'returns:record',
  }),
  contract<RequestReturnDto>({
    name: 'RequestReturn',
    summary:
      'Requests a return, with or without an order. If the order agrees, it is approved at once unless it needs approval.',
    dto: RequestReturnDto,
    scope,
    anyChannelScope,
    stream: ({ returnId }) => `return-${returnId}`,
    namedStreams: ({ orderId }) => (orderId === undefined ? [] : [`${order.category}-${orderId}`]),
    message: (body, cause) => new RequestReturn(plain(body), cause),
  }),
  ofReturn({
    name: 'ApproveReturn',
    summary: 'Approves a return, or a part of it. A claim is then refunded.',
    dto: ApproveReturnDto,
    scope,
  }),
  ofReturn({ name: 'DeclineReturn', summary: 'Declines a return.', dto: DeclineReturnDto, scope }),
  atLocation({
    name: 'ReceiveReturn',
    summary: 'Records goods that arrived at a location, even if they were not requested.',
    dto: ReceiveReturnDto,
    scope,
    anyChannelScope,
  }),
  atLocation({
    name: 'InspectReturn',
    summary:
      'Records the condition of returned goods. They are booked in at the location, and their worth is refunded.',
    dto: InspectReturnDto,
    scope,
    anyChannelScope,
  }),
  ofReturn({
    name: 'ExchangeReturn',
    summary: 'Issues the refund as store credit for a new order.',
    dto: ExchangeReturnDto,
    scope,
    anyChannelScope,
  }),
  ofReturn({
    name: 'RetryReturnRefund',
    summary: 'Requests the outstanding refund again after a failure.',
    dto: RetryReturnRefundDto,
    scope,
  }),
  atLocation({
    name: 'PayOutReturn',
    summary: 'Records that a till has paid out the outstanding refund.',
    dto: PayOutReturnDto,
    scope,
    anyChannelScope,
  }),
  ofReturn({
    name: 'CloseReturn',
    summary: 'Closes a return although goods have not arrived.',
    dto: CloseReturnDto,
    scope,
  }),
];

const toReturn: Route<ReturnCommand> = routeTo(goodsReturn, ({ returnId }) => returnId);

/** Commands that processes send. */
export const returnRoutes = {
  AcceptReturn: toReturn,
  DeclineReturn: toReturn,
  AssessReturn: toReturn,
  RecordReturnRefund: toReturn,
  RecordReturnRefundFailure: toReturn,
} satisfies Partial<Routes<ReturnCommand>>;
