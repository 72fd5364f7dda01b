import { eventDefinitions, streamTypes } from '#registry';
import { cutStreamsNow, type EventStore, type Position } from '#event-store';
import { audit, type AuditOptions, type Registry } from '#projections';
import { Books } from './books.js';
import { type Violation } from './checker.js';
import { ORDER_ROWS, type OrderRow } from './lines-add-up.js';
import { STOCK_ROWS, type StockRow } from './stock-adds-up.js';

/** What became of one invariant. */
export interface Finding {
  readonly invariant: string;
  readonly title: string;
  /** Events, commands, lines or rows that were looked at. */
  readonly checked: number;
  readonly failed: number;
  readonly flagged: number;
  /** Not more than a checker keeps. */
  readonly violations: readonly Violation[];
}

export interface Verification {
  /** Log and read models were compared as they were here. */
  readonly position: Position;
  readonly events: number;
  readonly findings: readonly Finding[];
}

export interface VerifyOptions extends Pick<AuditOptions, 'onProgress'> {
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Reads the whole log once and checks every invariant, then the read models against it, while everything goes on.
 * @throws RebuildRunning while a read model is being rebuilt
 */
export const verify = async (
  registry: Registry,
  store: EventStore,
  { now, ...options }: VerifyOptions,
): Promise<Verification> => {
  const books = new Books(eventDefinitions);
  const { position, events, readModels } = await audit(registry, store, {
    ...options,
    onEvents: (seen) => {
      for (const recorded of seen) books.see(recorded);
    },
    onRows: async (query) => {
      books.stock.compare(await query<StockRow>(STOCK_ROWS));
      books.lines.compare(await query<OrderRow>(ORDER_ROWS));
    },
  });
  books.readModels.compare(readModels);
  const categories = streamTypes.map(({ category }) => category);
  books.streams.cut(await cutStreamsNow(store, categories));
  books.end(now);
  const findings = books.checkers.map(({ invariant, title, checked, failed, flagged, violations }): Finding => {
    return { invariant, title, checked, failed, flagged, violations };
  });
  return { position, events, findings };
};
