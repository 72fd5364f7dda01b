import { capability, conflict, missing } from '#capability';
import { answerOf } from '#projections';
import { commandNotes } from './command-notes.js';
import { goodsReturn } from './domain/return.js';
import { returnBiViews } from './read/bi-views.js';
import { returnColumns, returnStatus } from './read/return-status.projection.js';
import { returnTradeLines } from './read/return-trade-lines.projection.js';
import { Returns } from './read/returns.js';
import { ReturnsModule } from './returns.module.js';
import { returnCommands, returnRoutes } from './write/return-commands.js';

export const returnsCapability = capability('returns', {
  streams: [goodsReturn],
  commands: returnCommands,
  commandNotes,
  processCommands: returnRoutes,
  ownScopes: ['returns:manage'],
  readModels: [returnStatus, returnTradeLines],
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
    'return-not-found': missing('There is no return with this id.'),
    'return-pending': conflict('The return is neither approved nor declined yet: do that first.'),
    'return-ended': conflict('The return was declined, is closed, or was only recorded: see state.'),
    'return-open': conflict('The return has goods to be inspected, or money to be refunded.'),
    'return-refunded': conflict('The return has been refunded already.'),
    'refund-under-way': conflict('A refund of the return is pending: wait for its outcome.'),
    'nothing-to-refund': conflict('The return has nothing left to refund.'),
    'refund-needs-order': conflict(
      'Only a return of an order can be refunded to the original payments, or be a claim.',
    ),
    'return-exists': conflict('There is already a return with this id.'),
  },
});
