import { type BiView, computed, itemsSql, plainColumns, itemColumns, stampColumns } from '#projections';
import { component, kitColumns } from './kits.projection.js';
import { openReservationColumns } from './open-reservations.projection.js';
import { stockMovementColumns } from './stock-movements.projection.js';
import { stockPositionColumns } from './stock-position.projection.js';

export const stockBiViews: readonly BiView[] = [
  {
    name: 'stock_position',
    comment: 'One row per SKU and location: the quantities now, in sellable units',
    columns: {
      ...plainColumns(
        stockPositionColumns,
        'sku',
        'locationId',
        'onHand',
        'unavailable',
        'softReserved',
        'hardReserved',
      ),
      reserved: computed('bigint', 'r.soft_reserved + r.hard_reserved', 'soft_reserved + hard_reserved'),
      free: computed(
        'bigint',
        'greatest(0, r.on_hand - r.unavailable - r.soft_reserved - r.hard_reserved)',
        'Units that can be promised: max(0, on_hand - unavailable - reserved), before any safety stock',
      ),
      ...plainColumns(stockPositionColumns, 'incoming', 'nextEta', 'backorderLimit', 'backordered', 'shortfall'),
      ...plainColumns(stockPositionColumns, 'received', 'issued', 'restocked', 'adjusted'),
      ...plainColumns(stampColumns, 'revision', 'position'),
    },
    from: 'read.stock_position r',
  },
  {
    name: 'stock_movement',
    comment: 'One row per change of on hand, with its reason: the sum of quantity is on_hand',
    columns: plainColumns(stockMovementColumns),
    from: 'read.stock_movement r',
  },
  {
    name: 'open_reservation',
    comment: 'One row per reservation that has not ended',
    columns: {
      ...plainColumns(
        openReservationColumns,
        'reservationId',
        'sku',
        'locationId',
        'quantity',
        'backordered',
        'promisedFor',
      ),
      ...plainColumns(openReservationColumns, 'kind', 'ownerType', 'ownerId', 'reservedAt', 'expiresAt'),
      overdue: computed(
        'boolean',
        'coalesce(r.expires_at < now(), false)',
        'expires_at has passed, but the expiry is not recorded yet: the reservation still counts',
      ),
      ...plainColumns(stampColumns, 'position'),
    },
    from: 'read.open_reservation r',
  },
  {
    name: 'kit_component',
    comment: 'One row per component of each kit that is not retired',
    columns: {
      kit_sku: computed('text', 'r.sku', 'The SKU that is sold'),
      ...itemColumns(component, 'sku', 'quantity'),
      ...plainColumns(kitColumns, 'version'),
      ...plainColumns(stampColumns, 'position'),
    },
    from: `read.kit r ${itemsSql('r.components', component)}`,
  },
  {
    // The same formula as in available-to-promise.ts.
    name: 'availability',
    comment:
      'One row per channel and SKU that has a stock position at one of its locations: what the channel can promise now. Kits have no row: theirs is min(floor(atp / quantity)) over bi.kit_component',
    columns: {
      channel: computed('text', 'c.channel_id', 'Id of the channel'),
      ...plainColumns(stockPositionColumns, 'sku'),
      atp: computed(
        'bigint',
        `sum(CASE WHEN coalesce(l.paused, false) THEN 0 ELSE greatest(0,
           r.on_hand - r.unavailable - r.soft_reserved - r.hard_reserved - t."safetyStock"
           + CASE WHEN c.promises_incoming THEN r.incoming ELSE 0 END) END)::bigint`,
        'Sum over its locations of max(0, on_hand - unavailable - reserved - safety_stock + incoming if promised); paused locations give nothing',
      ),
      next_eta: computed(
        'timestamptz',
        'min(r.next_eta) FILTER (WHERE NOT coalesce(l.paused, false))',
        'When the next announced delivery is due at one of its locations',
      ),
      locations: computed('bigint', 'count(*)', 'Number of its locations that have a stock position of the SKU'),
      policy_version: computed('integer', 'c.version', 'Version of the channel configuration'),
    },
    from: `read.channel c
      CROSS JOIN LATERAL jsonb_to_recordset(c.locations) AS t("locationId" text, "safetyStock" bigint)
      JOIN read.stock_position r ON r.location_id = t."locationId"
      LEFT JOIN read.location l ON l.location_id = r.location_id
      GROUP BY c.channel_id, r.sku, c.version`,
  },
];
