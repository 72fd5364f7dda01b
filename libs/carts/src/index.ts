export * from './read/index.js';
export { cartCommands, cartRoutes } from './write/cart-commands.js';
export { CartsModule } from './carts.module.js';
