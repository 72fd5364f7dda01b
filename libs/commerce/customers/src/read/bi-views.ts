import { type BiView } from '#projections';
import { CUSTOMER_360 } from './customer-360.js';

export const customerBiViews: readonly BiView[] = [
  {
    name: 'customer_360',
    comment: 'One row per customer, registered or guest (by random subject id), over all channels. No personal data',
    columns: {
      registered: 'false for a guest',
      orders: 'Orders of every state',
      value: 'Minor units by currency: what was bought and not cancelled, before returns',
      returns_total: 'Minor units by currency: refunds of returns',
      returns_rate: 'units_returned / units_bought',
      channels: 'Channels that the customer registered at, bought from or returned to',
    },
    sql: CUSTOMER_360,
  },
];
