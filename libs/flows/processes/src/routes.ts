import { cartRoutes } from '#carts';
import { fulfillmentRoutes, shipmentRoutes } from '#fulfillment';
import { orderRoutes } from '#orders';
import { paymentRoutes } from '#payments';
import { returnRoutes } from '#returns';
import { stockRoutes, transferRoutes } from '#stock';
import { voucherRoutes } from '#vouchers';

/** The route of every command that a process or a timer sends. */
export const routes = {
  ...stockRoutes,
  ...transferRoutes,
  ...orderRoutes,
  ...paymentRoutes,
  ...voucherRoutes,
  ...fulfillmentRoutes,
  ...shipmentRoutes,
  ...cartRoutes,
  ...returnRoutes,
};
