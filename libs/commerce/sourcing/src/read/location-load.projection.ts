import { type FulfillmentEvent } from '#fulfillment';
import { type FoldedProjection, readTable } from '#projections';

/** Fulfillments that were assigned to a location on one day, including those that it refused. */
export interface LocationLoad {
  readonly locationId: string;
  /** UTC, `2026-01-31`. */
  readonly day: string;
  readonly assigned: number;
}

export const locationLoad: FoldedProjection<LocationLoad, 'locationId' | 'day', FulfillmentEvent> = {
  name: 'location_load',
  version: 1,
  categories: ['fulfillment'],
  table: readTable<LocationLoad>('location_load', {
    locationId: { type: 'text', primary: true },
    day: { type: 'text', primary: true },
    assigned: { type: 'integer' },
  }),
  keysOf: ({ event: { type, data }, envelope }) =>
    type === 'FulfillmentAssigned' ? [{ locationId: data.locationId, day: envelope.occurredAt.slice(0, 10) }] : [],
  project: (row, _, key) => ({ ...key, assigned: (row?.assigned ?? 0) + 1 }),
};
