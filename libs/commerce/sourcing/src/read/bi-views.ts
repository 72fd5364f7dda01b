import { type BiView } from '#projections';

export const sourcingBiViews: readonly BiView[] = [
  {
    name: 'sourcing_policy',
    comment: 'One row per version of a sourcing policy',
    columns: { content: 'Its strategies, costs and capacities, as they were published' },
    sql: 'SELECT policy_id, version, published_at, content FROM read.sourcing_policy',
  },
  {
    name: 'location_load',
    comment: 'One row per location and day (UTC) that it was given work on',
    columns: { assigned: 'Fulfillments that it was given, also those that it refused' },
    sql: 'SELECT location_id, day::date AS day, assigned FROM read.location_load',
  },
];
