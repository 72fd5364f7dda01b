import { cartsCapability } from '#carts';
import { type Capability } from '#capability';
import { customersCapability } from '#customers';
import { fulfillmentCapability } from '#fulfillment';
import { networkCapability } from '#network';
import { orderViewsCapability } from '#order-views';
import { ordersCapability } from '#orders';
import { paymentsCapability } from '#payments';
import { processManagerCapability } from '#process-manager';
import { returnsCapability } from '#returns';
import { sourcingCapability } from '#sourcing';
import { stockCapability } from '#stock';
import { vouchersCapability } from '#vouchers';

/** All capabilities. Hosts, transports, tools and documentation are composed of these manifests. */
export const capabilities: readonly Capability[] = [
  stockCapability,
  ordersCapability,
  orderViewsCapability,
  customersCapability,
  networkCapability,
  paymentsCapability,
  vouchersCapability,
  sourcingCapability,
  fulfillmentCapability,
  cartsCapability,
  returnsCapability,
  processManagerCapability,
];

/** The route of every command that a process or a timer sends, by name. */
export const routes = {
  ...stockCapability.processCommands,
  ...ordersCapability.processCommands,
  ...paymentsCapability.processCommands,
  ...vouchersCapability.processCommands,
  ...fulfillmentCapability.processCommands,
  ...cartsCapability.processCommands,
  ...returnsCapability.processCommands,
};
