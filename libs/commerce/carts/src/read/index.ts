import { type BiView, type Projection } from '#projections';
import { appointments } from './appointment.projection.js';
import { carts } from './cart.projection.js';
import { reorderButtons } from './reorder-button.projection.js';

export { cartView, type CartView } from './cart-view.js';
export { ShopperReads } from './shopper-reads.js';

/** For the registry of read models. */
export const cartReadModels: { readonly projections: readonly Projection[]; readonly views: readonly BiView[] } = {
  projections: [carts, appointments, reorderButtons],
  views: [],
};
