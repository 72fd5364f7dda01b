export { cartView, type CartView } from './cart-view.js';
export { ShopperReads } from './shopper-reads.js';
