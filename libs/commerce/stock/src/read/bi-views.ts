import { type BiView, meaningsOf } from '#projections';
import { kitColumns } from './kits.projection.js';
import { openReservationColumns } from './open-reservations.projection.js';
import { stockMovementColumns } from './stock-movements.projection.js';
import { stockPositionColumns } from './stock-position.projection.js';

export const stockBiViews: readonly BiView[] = [
  {
    name: 'stock_position',
    comment: 'One row per SKU and location: the quantities now, in sellable units',
    columns: {
      ...meaningsOf(stockPositionColumns, 'onHand', 'unavailable', 'incoming', 'nextEta'),
      ...meaningsOf(stockPositionColumns, 'backordered', 'shortfall', 'adjusted'),
      reserved: 'soft_reserved + hard_reserved',
      free: 'Units that can be promised: max(0, on_hand - unavailable - reserved), before any safety stock',
      position: 'Position in the log of the last event that is included',
    },
    sql: `
      SELECT sku, location_id, on_hand, unavailable, soft_reserved, hard_reserved,
             soft_reserved + hard_reserved AS reserved,
             greatest(0, on_hand - unavailable - soft_reserved - hard_reserved) AS free,
             incoming, next_eta, backorder_limit, backordered, shortfall,
             received, issued, restocked, adjusted, revision, position
      FROM read.stock_position`,
  },
  {
    name: 'stock_movement',
    comment: 'One row per change of on hand, with its reason: the sum of quantity is on_hand',
    columns: meaningsOf(stockMovementColumns, 'quantity', 'reason', 'ref', 'occurredAt', 'recordedAt'),
    sql: `
      SELECT sku, location_id, position, type, quantity, reason, ref, channel, actor, occurred_at, recorded_at
      FROM read.stock_movement`,
  },
  {
    name: 'open_reservation',
    comment: 'One row per reservation that has not ended',
    columns: {
      ...meaningsOf(openReservationColumns, 'backordered', 'expiresAt', 'reservedAt'),
      overdue: 'expires_at has passed, but the expiry is not recorded yet: the reservation still counts',
    },
    sql: `
      SELECT reservation_id, sku, location_id, quantity, backordered, promised_for, kind, owner_type, owner_id, reserved_at, expires_at,
             coalesce(expires_at < now(), false) AS overdue, position
      FROM read.open_reservation`,
  },
  {
    name: 'kit_component',
    comment: 'One row per component of each kit that is not retired',
    columns: {
      kit_sku: 'The SKU that is sold',
      quantity: 'Units of the component in one kit',
      ...meaningsOf(kitColumns, 'version'),
    },
    sql: `
      SELECT k.sku AS kit_sku, c.sku, c.quantity, k.version, k.position
      FROM read.kit k CROSS JOIN LATERAL jsonb_to_recordset(k.components) AS c(sku text, quantity bigint)`,
  },
  {
    // The same formula as in available-to-promise.ts.
    name: 'availability',
    comment:
      'One row per channel and SKU that has a stock position at one of its locations: what the channel can promise now. Kits have no row: theirs is min(floor(atp / quantity)) over bi.kit_component',
    columns: {
      atp: 'Sum over its locations of max(0, on_hand - unavailable - reserved - safety_stock + incoming if promised); paused locations give nothing',
      policy_version: 'Version of the channel configuration',
    },
    sql: `
      SELECT c.channel_id AS channel, s.sku,
             sum(CASE WHEN coalesce(l.paused, false) THEN 0 ELSE greatest(0,
               s.on_hand - s.unavailable - s.soft_reserved - s.hard_reserved - t."safetyStock"
               + CASE WHEN c.promises_incoming THEN s.incoming ELSE 0 END) END)::bigint AS atp,
             min(s.next_eta) FILTER (WHERE NOT coalesce(l.paused, false)) AS next_eta,
             count(*) AS locations, c.version AS policy_version
      FROM read.channel c
      CROSS JOIN LATERAL jsonb_to_recordset(c.locations) AS t("locationId" text, "safetyStock" bigint)
      JOIN read.stock_position s ON s.location_id = t."locationId"
      LEFT JOIN read.location l ON l.location_id = s.location_id
      GROUP BY c.channel_id, s.sku, c.version`,
  },
];
