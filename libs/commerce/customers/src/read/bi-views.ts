import { type BiView, computed, plainColumns } from '#projections';
import { CUSTOMER_360, customer360Columns } from './customer-360.js';

export const customerBiViews: readonly BiView[] = [
  {
    name: 'customer_360',
    comment: 'One row per customer, registered or guest (by random subject id), over all channels. No personal data',
    columns: {
      ...plainColumns(customer360Columns),
      returns_rate: computed('numeric', 'r.returns_rate', 'units_returned / units_bought; null when none was bought'),
    },
    from: `(${CUSTOMER_360}) AS r`,
  },
];
