export { type CartView } from './cart-view.js';
export { Carts } from './carts.js';
export { ShopperReads } from './shopper-reads.js';
