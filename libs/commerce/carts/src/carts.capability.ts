import { capability, conflict, contradiction, missing, WITHHELD } from '#capability';
import { answerOf } from '#projections';
import { commandNotes } from './command-notes.js';
import { CartsModule } from './carts.module.js';
import { appointment } from './domain/appointment.js';
import { cart } from './domain/cart.js';
import { reorderButton } from './domain/reorder-button.js';
import { appointmentColumns, appointments } from './read/appointment.projection.js';
import { carts } from './read/cart.projection.js';
import { cartSchema } from './read/cart-view.js';
import { Carts } from './read/carts.js';
import { reorderButtonColumns, reorderButtons } from './read/reorder-button.projection.js';
import { ShopperReads } from './read/shopper-reads.js';
import { cartCommands, cartRoutes } from './write/cart-commands.js';

export const cartsCapability = capability('carts', {
  streams: [cart, appointment, reorderButton],
  commands: cartCommands,
  commandNotes,
  processCommands: cartRoutes,
  ownScopes: ['carts:write'],
  readModels: [carts, appointments, reorderButtons],
  feed: {
    cart: { scope: 'carts:write', audience: 'its-channel' },
    appointment: { scope: 'carts:write', audience: 'its-channel' },
    reorderbutton: { scope: 'orders:place', audience: 'its-channel' },
  },
  modules: { api: CartsModule, worker: CartsModule },
  answers: {
    Cart: cartSchema,
    Appointment: answerOf(appointmentColumns),
    ReorderButton: answerOf(reorderButtonColumns),
  },
  queries: [Carts, ShopperReads],
  published: {
    topic: 'kontor.carts.v1',
    events: {
      CartCreated: 1,
      CartLineAdded: 1,
      CartLineQuantitySet: 1,
      CartLineRemoved: 1,
      CartHandedOver: 1,
      CartCustomerAttached: 1,
      CartReservationRequested: WITHHELD,
      CartStockAsked: WITHHELD,
      CartStockReserved: 1,
      CartStockNotReserved: 1,
      CartStockReduced: 1,
      CartReservationsExtended: 1,
      CartReservationsReleased: 1,
      CartReservationEnded: 1,
      CartLinesMerged: 1,
      CartCheckedOut: 1,
      CartOrdered: 1,
      CartReopened: 1,
      CartClosed: 1,
      AppointmentBooked: 1,
      AppointmentGoodsReserved: 1,
      AppointmentGoodsMissing: 1,
      AppointmentGoodsLost: 1,
      AppointmentConfirmed: 1,
      AppointmentIncomplete: 1,
      AppointmentRescheduled: 1,
      AppointmentCancelled: 1,
      AppointmentCompleted: 1,
      AppointmentMissed: 1,
      ReorderButtonConfigured: 1,
      ReorderButtonPressed: 1,
      ReorderPressIgnored: 1,
      ReorderFailed: 1,
    },
  },
  problems: {
    'cart-not-found': missing('There is no such cart: CreateCart comes first.'),
    'appointment-not-found': missing('There is no such appointment: BookAppointment comes first.'),
    'reorder-button-not-found': missing('The channel has no such button: ConfigureReorderButton comes first.'),
    'carts-not-mergeable': contradiction('A cart cannot be merged into itself.'),
    'cart-exists': conflict('There is a cart of this id.'),
    'cart-closed': conflict('The cart is closed: if it was merged, mergedInto says where to go on.'),
    'cart-checked-out': conflict('The cart is checked out for an order: ReopenCart first.'),
    'cart-not-checked-out': conflict('The cart is not checked out for this order: CheckOutCart comes first.'),
    'cart-ordered': conflict('The order of the cart has been placed: wait for its answer, or cancel it.'),
    'cart-empty': conflict('There is nothing in the cart.'),
    'cart-full': conflict('The cart has as many lines as a cart can have: see most.'),
    'cart-line-not-found': conflict('The cart has no such line: it was removed, or never added.'),
    'cart-line-differs': conflict('The line is of other goods, or gets them otherwise: use a line of its own.'),
    'cart-of-another': conflict('The cart is another customer’s: MergeCarts puts it into one of theirs.'),
    'appointment-exists': conflict('There is an appointment of this id.'),
    'appointment-ended': conflict('The appointment is over or cancelled: book another.'),
    'appointment-in-past': conflict('An appointment ends after it begins, and not before now.'),
    'reorder-data-erased': conflict('The customer’s data was erased: configure the button again.'),
    'reorder-data-lost': conflict('The key to the customer’s data is lost: configure the button again.'),
  },
});
