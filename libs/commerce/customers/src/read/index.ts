import { customerBiViews } from './bi-views.js';
import { customerProfile } from './customer.projection.js';

export { Customers, type Amounts, type Customer360 } from './customers.js';

/** For the registry of read models. */
export const customerReadModels = { projections: [customerProfile], views: customerBiViews };
