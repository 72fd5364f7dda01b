import { contract, contractsFor, plain, routeTo, type CommandContract, type Route, type Routes } from '#event-store';
import { goodsReturn, type ReturnCommand } from '../domain/return.js';
import { RecordReturnDto } from './fact.dtos.js';
import { ChangeReturnAt } from './change-return-at.js';
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

/** As {@link ofReturn}, at a location that must be known. */
const atLocation: typeof ofReturn = (typed) => ({
  ...ofReturn(typed),
  message: (body, cause) =>
    new ChangeReturnAt({ type: typed.name, data: plain(body) } as unknown as ChangeReturnAt['command'], cause),
});

export const returnCommands: readonly CommandContract[] = [
  ofReturn({
    name: 'RecordReturn',
    summary: 'Records goods that came back and the money given back, with or without a known order.',
    dto: RecordReturnDto,
    scope: 'returns:record',
  }),
  contract<RequestReturnDto>({
    name: 'RequestReturn',
    summary: 'Asks to give goods back, of an order of any channel or blind: approved at once unless a person must.',
    dto: RequestReturnDto,
    scope,
    stream: ({ returnId }) => `return-${returnId}`,
    message: (body, cause) => new RequestReturn(plain(body), cause),
  }),
  ofReturn({
    name: 'ApproveReturn',
    summary: 'Approves a return, or a part of it; a claim is then refunded.',
    dto: ApproveReturnDto,
    scope,
  }),
  ofReturn({ name: 'DeclineReturn', summary: 'Declines a return.', dto: DeclineReturnDto, scope }),
  atLocation({
    name: 'ReceiveReturn',
    summary: 'Records goods that arrived at any location, whatever was asked for.',
    dto: ReceiveReturnDto,
    scope,
  }),
  atLocation({
    name: 'InspectReturn',
    summary: 'Says in which state goods are: they are booked in where they are, and their worth is given back.',
    dto: InspectReturnDto,
    scope,
  }),
  ofReturn({
    name: 'ExchangeReturn',
    summary: 'Puts the money of a return on a store credit that a new order is paid with.',
    dto: ExchangeReturnDto,
    scope,
  }),
  ofReturn({
    name: 'RetryReturnRefund',
    summary: 'Tries once more to give back what is due.',
    dto: RetryReturnRefundDto,
    scope,
  }),
  atLocation({
    name: 'PayOutReturn',
    summary: 'Records that a till has paid out what is due.',
    dto: PayOutReturnDto,
    scope,
  }),
  ofReturn({ name: 'CloseReturn', summary: 'Gives up on goods that have not come.', dto: CloseReturnDto, scope }),
];

const toReturn: Route<ReturnCommand> = routeTo(goodsReturn, ({ returnId }) => returnId);

/** What processes may send. */
export const returnRoutes = {
  AcceptReturn: toReturn,
  DeclineReturn: toReturn,
  AssessReturn: toReturn,
  RecordReturnRefund: toReturn,
  RecordReturnRefundFailure: toReturn,
} satisfies Partial<Routes<ReturnCommand>>;
