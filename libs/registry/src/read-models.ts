import { cartReadModels } from '#carts';
import { customerReadModels } from '#customers';
import { fulfillmentReadModels } from '#fulfillment';
import { networkReadModels } from '#network';
import { orderReadModels } from '#order-views';
import { paymentReadModels } from '#payments';
import { biViewSql, type ReadModels } from '#projections';
import { returnReadModels } from '#returns';
import { sourcingReadModels } from '#sourcing';
import { stockReadModels } from '#stock';
import { voucherReadModels } from '#vouchers';
import { eventsOf } from './streams.js';

const all = [
  stockReadModels,
  orderReadModels,
  customerReadModels,
  networkReadModels,
  paymentReadModels,
  voucherReadModels,
  sourcingReadModels,
  fulfillmentReadModels,
  cartReadModels,
  returnReadModels,
];

/** Every read model, with the views for analysts on top of them. */
export const readModels: ReadModels = {
  projections: all.flatMap(({ projections }) => [...projections]),
  events: eventsOf,
  views: all.flatMap(({ views }) => views.map(biViewSql)),
};
