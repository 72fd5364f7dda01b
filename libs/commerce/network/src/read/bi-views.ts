import { type BiView } from '#projections';

export const networkBiViews: readonly BiView[] = [
  {
    name: 'location',
    comment: 'One row per location: warehouse, store, showroom or dropshipper',
    columns: { gln: 'GS1 Global Location Number', paused: 'Takes no new reservations' },
    sql: 'SELECT location_id, name, type, country, gln, time_zone, latitude, longitude, paused FROM read.location',
  },
  {
    name: 'channel',
    comment: 'One row per channel, as it is configured now',
    columns: { version: 'Counts the configurations; decisions record the version that they used' },
    sql: `
      SELECT channel_id, name, kind, currency, locale, reservation_ttl_seconds, promises_incoming, version
      FROM read.channel`,
  },
  {
    name: 'channel_location',
    comment: 'One row per channel and location that it sells from',
    columns: {
      rank: '1 is preferred',
      methods: 'ship, pickup, carry-out',
      safety_stock: 'Units that the channel does not sell',
    },
    sql: `
      SELECT c.channel_id, t.entry ->> 'locationId' AS location_id, t.rank,
             ARRAY(SELECT jsonb_array_elements_text(t.entry -> 'methods')) AS methods,
             (t.entry ->> 'safetyStock')::bigint AS safety_stock
      FROM read.channel c CROSS JOIN LATERAL jsonb_array_elements(c.locations) WITH ORDINALITY AS t(entry, rank)`,
  },
];
