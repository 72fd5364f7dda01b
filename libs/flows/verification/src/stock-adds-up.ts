import { type Recorded, type Position, START } from '#event-store';
import { onHandChange, streamIdOfStock, type StockEvent } from '#stock';
import { Checker, getOrCreate } from './checker.js';
import { invariants } from './invariants.js';

/** Units moved of one SKU at one location, and the newest event of its stream. */
interface StockMovements {
  received: number;
  restocked: number;
  adjusted: number;
  issued: number;
  revision: number;
  position: Position;
}

/** One SKU at one location in the read models. */
export interface StockPositionRow {
  readonly sku: string;
  readonly locationId: string;
  /** As in read.stock_position. */
  readonly onHand: number;
  /** The sum of the movements in read.stock_movement. */
  readonly moved: number;
}

export const STOCK_POSITION_QUERY = `
  SELECT coalesce(p.sku, m.sku) AS sku, coalesce(p.location_id, m.location_id) AS "locationId",
         coalesce(p.on_hand, 0)::float8 AS "onHand", coalesce(m.moved, 0)::float8 AS moved
  FROM read.stock_position AS p FULL JOIN (
    SELECT sku, location_id, sum(quantity) AS moved FROM read.stock_movement GROUP BY 1, 2
  ) AS m ON m.sku = p.sku AND m.location_id = p.location_id`;

const TOTAL_NAMES = {
  StockReceived: 'received',
  StockRestocked: 'restocked',
  StockAdjusted: 'adjusted',
  StockIssued: 'issued',
} as const;

const isMovement = (type: string): type is keyof typeof TOTAL_NAMES => type in TOTAL_NAMES;

const noMovements = (): StockMovements => ({
  received: 0,
  restocked: 0,
  adjusted: 0,
  issued: 0,
  revision: 0,
  position: START,
});

export class StockAddsUp extends Checker {
  override readonly invariant = invariants.stockAddsUp;
  private readonly stock = new Map<string, StockMovements>();

  override check(recorded: Recorded): void {
    const event = recorded.event as StockEvent;
    const totals = getOrCreate(this.stock, recorded.stream, noMovements);
    totals.revision = recorded.revision;
    totals.position = recorded.position;
    if (!isMovement(event.type)) return;
    this.checked++;
    const units = event.type === 'StockIssued' ? -onHandChange(event) : onHandChange(event);
    totals[TOTAL_NAMES[event.type]] += units;
    const isPossible = Number.isSafeInteger(units) && (units > 0 || (event.type === 'StockAdjusted' && units !== 0));
    if (!isPossible) this.report(recorded, `A ${event.type} of ${units} units moves nothing or the wrong way`);
  }

  /** Compares the log with the read models, all at the same position. */
  compare(rows: readonly StockPositionRow[]): void {
    const rowsByStream = new Map(rows.map((row) => [`stock-${streamIdOfStock(row.sku, row.locationId)}`, row]));
    for (const [stream, totals] of this.stock) {
      const onHand = totals.received + totals.restocked + totals.adjusted - totals.issued;
      const row = rowsByStream.get(stream) ?? { onHand: 0, moved: 0 };
      rowsByStream.delete(stream);
      this.checked++;
      const reference = { ...totals, stream };
      if (row.onHand !== onHand) {
        this.report(reference, `${onHand} units are on hand, but read.stock_position says ${row.onHand}`);
      }
      if (row.moved !== onHand) {
        this.report(reference, `${onHand} units have moved, but read.stock_movement adds up to ${row.moved}`);
      }
    }
    for (const stream of rowsByStream.keys()) {
      this.report({ stream, revision: -1, position: START }, 'The read models show stock that is not in the log');
    }
  }
}
