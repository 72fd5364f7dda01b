import { type BiView, computed, plainColumns } from '#projections';
import { channelColumns, locationColumns } from './network.projection.js';

export const networkBiViews: readonly BiView[] = [
  {
    name: 'location',
    comment: 'One row per location: warehouse, store, showroom or dropshipper',
    columns: plainColumns(locationColumns),
    from: 'read.location r',
  },
  {
    name: 'channel',
    comment: 'One row per channel, as it is configured now',
    columns: {
      ...plainColumns(channelColumns, 'channelId', 'name', 'kind', 'currency', 'locale'),
      ...plainColumns(channelColumns, 'reservationTtlSeconds', 'promisesIncoming', 'version'),
    },
    from: 'read.channel r',
  },
  {
    name: 'channel_location',
    comment: 'One row per channel and location that it sells from',
    columns: {
      ...plainColumns(channelColumns, 'channelId'),
      location_id: computed('text', `t.entry ->> 'locationId'`, 'Id of the location'),
      rank: computed('bigint', 't.rank', '1 is preferred'),
      methods: computed(
        'text[]',
        `ARRAY(SELECT jsonb_array_elements_text(t.entry -> 'methods'))`,
        'ship, pickup, carry-out',
      ),
      safety_stock: computed(
        'bigint',
        `(t.entry ->> 'safetyStock')::bigint`,
        'Units that the channel leaves alone there',
      ),
    },
    from: 'read.channel r CROSS JOIN LATERAL jsonb_array_elements(r.locations) WITH ORDINALITY AS t(entry, rank)',
  },
];
