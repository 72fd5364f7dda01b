import { capability, conflict, contradiction, missing } from '#capability';
import { commandNotes } from './command-notes.js';
import { ledgerEntry } from './domain/ledger-entry.js';
import { order } from './domain/order.js';
import { OrdersModule } from './orders.module.js';
import { orderCommands, orderRoutes } from './write/order-commands.js';

export const ordersCapability = capability('orders', {
  streams: [order, ledgerEntry],
  commands: orderCommands,
  commandNotes,
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
      OrderRefundRecorded: 1,
      OrderReturnRecorded: 1,
      OrderLinesReturned: 1,
    },
  },
  problems: {
    'order-not-found': missing('There is no such order.'),
    'order-exists': conflict(
      'There is an order with this id. To repeat the command that placed it, use the same Idempotency-Key.',
    ),
    'order-pending': conflict('The order is not confirmed yet: wait until its checkout has ended.'),
    'order-not-pending': conflict('The order was confirmed or rejected already: see state.'),
    'order-ended': conflict('The order was rejected, cancelled, or fulfilled elsewhere: see state.'),
    'edit-exists': conflict('The order has an edit with this id.'),
    'edit-not-found': conflict(
      'The order has no open edit with this id: it was never proposed, or was applied or discarded.',
    ),
    'order-fulfilled': conflict('All goods of the order have left: place a new order for more goods.'),
    'line-not-found': conflict('The order has no such line.'),
    'line-already-fulfilled': conflict(
      'Not as many units can still be cancelled: see cancellable. Use RequestReturn for units that have left.',
    ),
    'invalid-lines': contradiction(
      'The lines contradict each other or the order: for example, an id is used twice or a line has no location.',
    ),
    'amount-out-of-range': contradiction(
      'One of these would exceed 9,007,199,254,740,991 minor units (see most): the sum of the absolute amounts of a document, the total of an edited order, all movements of one kind of a payment, all that was ever added to a gift card, or all uses of a voucher.',
    ),
    'currency-not-of-channel': conflict('The channel trades in another currency.'),
    'method-not-offered': conflict('The channel does not offer this method at this location.'),
    'customer-required': contradiction('An order that is paid by store credit must name its customer.'),
    'code-required': contradiction('A tender by gift card or voucher needs its code.'),
    'ledger-entry-exists': conflict('There is a ledger entry with this id.'),
    'nothing-due': conflict(
      'The tenders exceed the amount that is still due, or the refund exceeds what is left of the money of the order: see due.',
    ),
    'paid-elsewhere': conflict(
      'The order was placed without tenders and without payLater: it is not paid through Kontor.',
    ),
    'tender-exists': conflict('The order has a tender with this id.'),
    'voucher-repeated': conflict('A voucher pays an order once: see tenderId for the tender that repeats one.'),
    'tenders-do-not-add-up': conflict('The sum of the tenders is not the total of the order: see total.'),
    'plan-incomplete': conflict('The plan does not allocate exactly the ordered units of each line.'),
  },
});
