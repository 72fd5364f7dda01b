import { capability, conflict, missing } from '#capability';
import { answerOf } from '#projections';
import { goodsReturn } from './domain/return.js';
import { returnBiViews } from './read/bi-views.js';
import { returnColumns, returnStatus } from './read/return-status.projection.js';
import { Returns } from './read/returns.js';
import { ReturnsModule } from './returns.module.js';
import { returnCommands, returnRoutes } from './write/return-commands.js';

export const returnsCapability = capability('returns', {
  streams: [goodsReturn],
  commands: returnCommands,
  processCommands: returnRoutes,
  readModels: [returnStatus],
  views: returnBiViews,
  feed: {
    return: { scope: 'orders:read', audience: 'its-channel' },
  },
  modules: { api: ReturnsModule, worker: ReturnsModule },
  answers: { Return: answerOf(returnColumns) },
  queries: [Returns],
  published: {
    topic: 'kontor.orders.v1',
    events: {
      ReturnRecorded: 1,
      ReturnRequested: 1,
      ReturnApproved: 1,
      ReturnDeclined: 1,
      ReturnReceived: 1,
      ReturnItemsInspected: 1,
      ReturnRefundRequested: 1,
      ReturnRefunded: 1,
      ReturnRefundFailed: 1,
      ReturnClosed: 1,
      ReturnExchanged: 1,
      ReturnAssessed: 1,
      ReturnCreditRequested: 1,
    },
  },
  problems: {
    'return-not-found': missing('There is no such return.'),
    'return-pending': conflict('The return has no answer yet: approve or decline it first.'),
    'return-ended': conflict('The return was declined, has ended, or is a mere record: see state.'),
    'return-open': conflict('Goods that came back wait to be inspected, or money to be given back.'),
    'return-refunded': conflict('The money of the return has been given back already.'),
    'refund-under-way': conflict('Money of the return is being given back: wait for the answer of the payments.'),
    'nothing-to-refund': conflict('No money of the return is due.'),
    'refund-needs-order': conflict(
      'Only a return that names its order is refunded to its payments, or can be a claim.',
    ),
    'return-exists': conflict('There is a return of this id.'),
  },
});
