import { type Recorded, type Position, START } from '#event-store';
import { movementOf, streamIdOfStock, type StockEvent } from '#stock';
import { Checker, grown } from './checker.js';

interface Moved {
  received: number;
  restocked: number;
  adjusted: number;
  issued: number;
  revision: number;
  position: Position;
}

/** What the read models say of the stock of one SKU at one location. */
export interface StockRow {
  readonly sku: string;
  readonly locationId: string;
  readonly onHand: number;
  /** Σ of the movements that are on record. */
  readonly moved: number;
}

export const STOCK_ROWS = `
  SELECT coalesce(p.sku, m.sku) AS sku, coalesce(p.location_id, m.location_id) AS "locationId",
         coalesce(p.on_hand, 0)::float8 AS "onHand", coalesce(m.moved, 0)::float8 AS moved
  FROM read.stock_position AS p FULL JOIN (
    SELECT sku, location_id, sum(quantity) AS moved FROM read.stock_movement GROUP BY 1, 2
  ) AS m ON m.sku = p.sku AND m.location_id = p.location_id`;

const KINDS = {
  StockReceived: 'received',
  StockRestocked: 'restocked',
  StockAdjusted: 'adjusted',
  StockIssued: 'issued',
} as const;

const isMovement = (type: string): type is keyof typeof KINDS => type in KINDS;

export class StockAddsUp extends Checker {
  override readonly invariant = 'I4';
  override readonly title = 'on hand is received + restocked + adjusted − issued, and so say the read models';
  override readonly categories = ['stock'];
  private readonly moved = new Map<string, Moved>();

  override see(recorded: Recorded): void {
    const event = recorded.event as StockEvent;
    const nothing = { received: 0, restocked: 0, adjusted: 0, issued: 0, revision: 0, position: START };
    const item = grown(this.moved, recorded.stream, () => nothing);
    item.revision = recorded.revision;
    item.position = recorded.position;
    if (!isMovement(event.type)) return;
    this.checked++;
    const units = event.type === 'StockIssued' ? -movementOf(event) : movementOf(event);
    item[KINDS[event.type]] += units;
    const possible = Number.isSafeInteger(units) && (units > 0 || (event.type === 'StockAdjusted' && units !== 0));
    if (!possible) this.fail(recorded, `A ${event.type} of ${units} units moves nothing or the wrong way`);
  }

  /** Compares with the read models at the same position. */
  compare(rows: readonly StockRow[]): void {
    const told = new Map(rows.map((row) => [`stock-${streamIdOfStock(row.sku, row.locationId)}`, row]));
    for (const [stream, item] of this.moved) {
      const onHand = item.received + item.restocked + item.adjusted - item.issued;
      const { onHand: shown, moved } = told.get(stream) ?? { onHand: 0, moved: 0 };
      told.delete(stream);
      this.checked++;
      const place = { ...item, stream };
      if (shown !== onHand) this.fail(place, `${onHand} units are on hand, but read.stock_position says ${shown}`);
      if (moved !== onHand) this.fail(place, `${onHand} units have moved, but read.stock_movement adds up to ${moved}`);
    }
    for (const stream of told.keys()) {
      this.fail({ stream, revision: -1, position: START }, 'The read models know stock that the log does not');
    }
  }
}
