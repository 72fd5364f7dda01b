import { type RecordedAs, type Stamp, stampColumns } from '#projections';
import { anything, described, instant, integer, listOf, object, orNull, ref, text, type ValueOf } from '#schema';
import { parseStockStream, type StockEvent } from '../domain/stock-item.js';
import { emptyPosition, evolveStockPosition, reservedUnits, type StockPosition } from './stock-position.projection.js';
import { stockText } from './stock-text.js';

const stockStep = object({
  revision: integer,
  position: described(stampColumns.position.schema, 'Position in the log'),
  type: text,
  data: anything,
  occurredAt: instant,
  recordedAt: instant,
  actor: text,
  channel: text,
  onHandAfter: integer,
  reservedAfter: integer,
  atpEffect: described(
    integer,
    'By how many units, signed, the event changed max(0, on hand - unavailable - reserved) of this location',
  ),
  text,
});

/** One event of a stock stream with its effect on the quantities. */
export type StockStep = ValueOf<typeof stockStep>;

export const stockExplanationSchema = object({
  level: orNull(ref<StockPosition & Stamp>('StockPosition')),
  events: listOf(stockStep),
});

/** `level`, the quantities, is equal to the row of the read model at that time; null if nothing was recorded by then. */
export type StockExplanation = ValueOf<typeof stockExplanationSchema>;

/** Units that can be promised from the location, before the safety stock of any channel and without incoming goods. */
const unreservedUnits = (at: StockPosition | undefined) =>
  at ? Math.max(0, at.onHand - at.unavailable - reservedUnits(at)) : 0;

export interface ExplainOptions {
  /** Recording time, milliseconds since 1970. Default: now. */
  readonly asOf?: number | undefined;
  /** How many of the last events are explained. Default: all. */
  readonly limit?: number;
}

/**
 * Explains the stock of one SKU at one location at an instant by the events that led to it.
 * @param recorded the whole stream, or all events after the balance
 * @param balance of the events before, with which the answer is the same as without
 */
export const explainStock = (
  recorded: readonly RecordedAs<StockEvent>[],
  { asOf = Infinity, limit = Infinity }: ExplainOptions = {},
  balance?: StockPosition & Stamp,
): StockExplanation => {
  const known = recordedUpTo(recorded, asOf);
  let quantities = balance;
  const events: StockStep[] = [];
  for (const [index, one] of known.entries()) {
    const before = quantities;
    quantities = quantitiesAfter(before, one);
    if (index >= known.length - limit) events.push(stepOf(one, before, quantities));
  }
  return { level: quantities ?? null, events };
};

const quantitiesAfter = (
  before: StockPosition | undefined,
  { event, stream, revision, position }: RecordedAs<StockEvent>,
): StockPosition & Stamp => ({
  ...evolveStockPosition(before ?? emptyPosition(parseStockStream(stream)), event),
  revision,
  position,
});

const recordedUpTo = (recorded: readonly RecordedAs<StockEvent>[], instant: number) => {
  const later = recorded.findIndex(({ recordedAt }) => recordedAt > instant);
  return later < 0 ? recorded : recorded.slice(0, later);
};

const stepOf = (
  { event, envelope, revision, position, stream, recordedAt }: RecordedAs<StockEvent>,
  before: StockPosition | undefined,
  after: StockPosition,
): StockStep => {
  const { sku, locationId } = parseStockStream(stream);
  return {
    position,
    revision,
    type: event.type,
    data: event.data,
    occurredAt: envelope.occurredAt,
    recordedAt: new Date(recordedAt).toISOString(),
    actor: envelope.actor,
    channel: envelope.channel,
    onHandAfter: after.onHand,
    reservedAfter: reservedUnits(after),
    atpEffect: unreservedUnits(after) - unreservedUnits(before),
    text: stockText(event, sku, locationId),
  };
};
