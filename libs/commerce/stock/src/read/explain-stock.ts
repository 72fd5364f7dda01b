import { type Position } from '#event-store';
import { type RecordedAs, type Stamp } from '#projections';
import { parseStockStream, type StockEvent } from '../domain/stock-item.js';
import { reservedOf, stockPosition, type StockPosition } from './stock-position.projection.js';
import { stockText } from './stock-text.js';

/** One event of a stock stream and what it did to the numbers. */
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
  /** By how many units the event changed what can be promised from this place: max(0, sellable − reserved). */
  readonly atpEffect: number;
  readonly text: string;
}

export interface StockExplanation {
  /** Absent if nothing had been recorded by then. Equal to the row of the read model when it stood there. */
  readonly level: (StockPosition & Stamp) | undefined;
  readonly events: readonly StockStep[];
}

/** Units that could be promised from this place, before any channel's safety stock and without incoming goods. */
const freeUnits = (at: StockPosition | undefined) =>
  at ? Math.max(0, at.onHand - at.unavailable - reservedOf(at)) : 0;

/**
 * Why the stock of one SKU at one location was what it was: its stream, from its first event, folded up to an instant.
 * @param asOf recording time, milliseconds since 1970
 */
export const explainStock = (recorded: readonly RecordedAs<StockEvent>[], asOf = Infinity): StockExplanation => {
  let level: (StockPosition & Stamp) | undefined;
  const events: StockStep[] = [];
  for (const one of recorded) {
    if (one.recordedAt > asOf) break;
    const { event, envelope, revision, position } = one;
    const place = parseStockStream(one.stream);
    const before = freeUnits(level);
    const after = stockPosition.project(level, one, place);
    if (!after) continue;
    level = { ...after, revision, position };
    events.push({
      position,
      revision,
      type: event.type,
      data: event.data,
      occurredAt: envelope.occurredAt,
      recordedAt: new Date(one.recordedAt).toISOString(),
      actor: envelope.actor,
      channel: envelope.channel,
      onHandAfter: level.onHand,
      reservedAfter: reservedOf(level),
      atpEffect: freeUnits(level) - before,
      text: stockText(event, place.sku, place.locationId),
    });
  }
  return { level, events };
};
