import { capability, conflict, contradiction, missing } from '#capability';
import { ledgerEntry } from './domain/ledger-entry.js';
import { order } from './domain/order.js';
import { OrdersModule } from './orders.module.js';
import { orderCommands, orderRoutes } from './write/order-commands.js';

export const ordersCapability = capability('orders', {
  streams: [order, ledgerEntry],
  commands: orderCommands,
  processCommands: orderRoutes,
  ownScopes: ['orders:manage'],
  feed: {
    order: { scope: 'orders:read', audience: { readersOf: 'order_status' } },
    ledger: { scope: 'orders:read', audience: 'its-channel' },
  },
  modules: { api: OrdersModule, worker: OrdersModule },
  published: {
    topic: 'kontor.orders.v1',
    events: {
      LedgerAdjusted: 1,
      OrderPlaced: 1,
      OrderRecorded: 1,
      FulfillmentPlanned: 1,
      OrderConfirmed: 1,
      OrderRejected: 1,
      OrderHeld: 1,

      OrderHoldReleased: 1,
      OrderLinesCancelled: 1,
      OrderLinesCancellationRequested: 1,
      OrderCancellationRefused: 1,
      OrderReallocated: 1,
      OrderLinesFulfilled: 1,
      OrderEditProposed: 1,
      OrderEditApplied: 1,
      OrderEditDiscarded: 1,
      OrderTendered: 1,
      OrderTenderDropped: 1,
      OrderReturnAnnounced: 1,
      OrderReturnRefused: 1,
      OrderReturnWithdrawn: 1,
      OrderLinesReturned: 1,
    },
  },
  problems: {
    'order-not-found': missing('There is no such order.'),
    'order-exists': conflict('There is an order of this id. Its own command can be repeated with its own key.'),
    'order-pending': conflict('The order has no answer yet: wait until its checkout has ended.'),
    'order-not-pending': conflict('The order has its answer already: see state.'),
    'order-ended': conflict('The order was rejected, cancelled, or fulfilled elsewhere: see state.'),
    'edit-exists': conflict('The order has an edit of this id.'),
    'edit-not-found': conflict(
      'The order has no such edit that is open: it was never proposed, or was applied or discarded.',
    ),
    'order-fulfilled': conflict('Everything of the order has left: what is to be added is an order of its own.'),
    'line-not-found': conflict('The order has no such line.'),
    'line-already-fulfilled': conflict(
      'More units were asked for than are still to be fulfilled: see cancellable. What has left comes back by RequestReturn.',
    ),
    'invalid-lines': contradiction(
      'The lines contradict each other or the order: an id twice, a line without its location.',
    ),
    'amount-out-of-range': contradiction('A total is too large to be exact.'),
    'currency-not-of-channel': conflict('The channel trades in another currency.'),
    'method-not-offered': conflict('The channel does not offer this method at this location.'),
    'customer-required': contradiction('Store credit is spent by orders that name their customer.'),
    'code-required': contradiction('A tender by gift card or voucher says its code.'),
    'ledger-entry-exists': conflict('There is an entry of this id.'),
    'nothing-due': conflict('Less of the order is still due than is offered: see due.'),
    'paid-elsewhere': conflict('The order was placed without tenders: its payment is not recorded here.'),
    'tender-exists': conflict('The order has a tender of this id.'),
    'tenders-do-not-add-up': conflict('The tenders are not together what is to be paid: see due.'),
    'plan-incomplete': conflict('The plan does not give each line what was ordered.'),
  },
});
