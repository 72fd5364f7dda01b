import { type Position } from '#event-store';
import { type RecordedAs, type Stamp } from '#projections';
import { parseStockStream, type StockEvent } from '../domain/stock-item.js';
import { emptyPosition, evolveStockPosition, reservedUnits, type StockPosition } from './stock-position.projection.js';
import { stockText } from './stock-text.js';

/** One event of a stock stream with its effect on the quantities. */
export interface StockStep {
  readonly position: Position;
  readonly revision: number;
  readonly type: StockEvent['type'];
  readonly data: object;
  /** Business time and recording time, ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly actor: string;
  readonly channel: string;
  readonly onHandAfter: number;
  readonly reservedAfter: number;
  /** By how many units, signed, the event changed max(0, on hand − unavailable − reserved) of this location. */
  readonly atpEffect: number;
  readonly text: string;
}

export interface StockExplanation {
  /** Equal to the row of the read model at that time; undefined if nothing was recorded by then. */
  readonly level: (StockPosition & Stamp) | undefined;
  readonly events: readonly StockStep[];
}

/** Units that can be promised from the location, before the safety stock of any channel and without incoming goods. */
const unreservedUnits = (at: StockPosition | undefined) =>
  at ? Math.max(0, at.onHand - at.unavailable - reservedUnits(at)) : 0;

/**
 * Explains the stock of one SKU at one location at an instant by the events that led to it.
 *
 * @param recorded the whole stream
 * @param asOf recording time, milliseconds since 1970
 */
export const explainStock = (recorded: readonly RecordedAs<StockEvent>[], asOf = Infinity): StockExplanation => {
  let level: (StockPosition & Stamp) | undefined;
  const events: StockStep[] = [];
  for (const { event, envelope, revision, position, stream, recordedAt } of recorded) {
    if (recordedAt > asOf) break;
    const { sku, locationId } = parseStockStream(stream);
    const before = unreservedUnits(level);
    level = { ...evolveStockPosition(level ?? emptyPosition({ sku, locationId }), event), revision, position };
    events.push({
      position,
      revision,
      type: event.type,
      data: event.data,
      occurredAt: envelope.occurredAt,
      recordedAt: new Date(recordedAt).toISOString(),
      actor: envelope.actor,
      channel: envelope.channel,
      onHandAfter: level.onHand,
      reservedAfter: reservedUnits(level),
      atpEffect: unreservedUnits(level) - before,
      text: stockText(event, sku, locationId),
    });
  }
  return { level, events };
};
