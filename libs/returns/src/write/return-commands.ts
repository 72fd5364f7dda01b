import { contractsFor, type CommandContract, type Route } from '#event-store';
import { goodsReturn } from '../domain/recorded-return.js';
import { RecordReturnDto } from './fact.dtos.js';

const ofReturn = contractsFor(goodsReturn, 'returnId');

export const returnCommands: readonly CommandContract[] = [
  ofReturn({
    name: 'RecordReturn',
    summary: 'Records goods that came back and the money given back, with or without a known order.',
    dto: RecordReturnDto,
    scope: 'returns:record',
  }),
];

/** Sent by processes only. */
export const returnRoutes: readonly Route[] = [];
