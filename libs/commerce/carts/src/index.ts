export {
  appointment,
  type AppointmentCommand,
  type AppointmentEvent,
  type AppointmentReservation,
} from './domain/appointment.js';
export { cart } from './domain/cart.js';
export * from './domain/cart-messages.js';
export { reorderButton, type ReorderCommand, type ReorderEvent } from './domain/reorder-button.js';
export * from './read/index.js';
export { ChangeCart } from './write/change-cart.js';
export { PlaceOrderFromTemplate, type TemplateOrderCommand } from './write/place-order-from-template.js';
export { readCart } from './write/read-cart.js';
export { cartsCapability } from './carts.capability.js';
