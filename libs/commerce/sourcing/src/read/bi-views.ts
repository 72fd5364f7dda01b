import { type BiView, computed, plainColumns } from '#projections';
import { locationLoadColumns } from './location-load.projection.js';
import { sourcingPolicyColumns } from './sourcing-policy.projection.js';

export const sourcingBiViews: readonly BiView[] = [
  {
    name: 'sourcing_policy',
    comment: 'One row per version of a sourcing policy',
    columns: plainColumns(sourcingPolicyColumns, 'policyId', 'version', 'publishedAt', 'content'),
    from: 'read.sourcing_policy r',
  },
  {
    name: 'location_load',
    comment: 'One row per location and day (UTC) on which fulfillment orders were assigned to it',
    columns: {
      ...plainColumns(locationLoadColumns, 'locationId'),
      day: computed('date', 'r.day::date', 'UTC'),
      ...plainColumns(locationLoadColumns, 'assigned'),
    },
    from: 'read.location_load r',
  },
];
