import { eventDefinitions, streamTypes } from '#registry';
import { findIncompleteStreams, type EventStore, type Position } from '#event-store';
import { audit, type AuditOptions, type Registry } from '#projections';
import { InvariantChecks } from './invariant-checks.js';
import { type DiscrepancyGroup, type Violation } from './checker.js';
import { KEYS_QUERY, type KeyRow } from './keys-stored.js';
import { ORDER_STATUS_QUERY, type OrderStatusRow } from './order-lines-add-up.js';
import { STOCK_POSITION_QUERY, type StockPositionRow } from './stock-adds-up.js';

/** The result of checking one invariant. */
export interface Finding {
  /** Id of the invariant, for example `I1`. */
  readonly invariant: string;
  /** Name of the invariant, for example `Stock adds up`; `docs/invariants.md` says the rule. */
  readonly title: string;
  /** Number of checked events, commands, lines or rows. */
  readonly checked: number;
  readonly failed: number;
  /** Number of discrepancies. */
  readonly flagged: number;
  /** The first ones; `failed` counts all. */
  readonly violations: readonly Violation[];
}

export interface Verification {
  /** Position up to which the log was read and at which the read models were compared. */
  readonly position: Position;
  readonly events: number;
  readonly findings: readonly Finding[];
  readonly discrepancies: readonly DiscrepancyGroup[];
}

export interface VerifyOptions extends Pick<AuditOptions, 'onProgress'> {
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Reads the whole log once, checks every invariant, and compares the read models with it. Nothing has to stop for it.
 * @throws RebuildRunning while a read model is being rebuilt
 */
export const verify = async (
  registry: Registry,
  store: EventStore,
  { now, ...options }: VerifyOptions,
): Promise<Verification> => {
  const checks = new InvariantChecks(eventDefinitions);
  const { position, events, readModels } = await audit(registry, store, {
    ...options,
    onEvents: (batch) => {
      for (const recorded of batch) checks.check(recorded);
    },
    onRows: async (query) => {
      checks.stockAddsUp.compare(await query<StockPositionRow>(STOCK_POSITION_QUERY));
      checks.keysStored.compare(await query<KeyRow>(KEYS_QUERY));
      checks.orderLinesAddUp.compare(await query<OrderStatusRow>(ORDER_STATUS_QUERY));
    },
  });
  checks.readModelsMatch.compare(readModels);
  const categories = streamTypes.map(({ category }) => category);
  checks.streamsAreReadable.reportCutStreams(await findIncompleteStreams(store, categories));
  checks.finish(now);
  const findings = checks.checkers.map(({ invariant, checked, failed, flagged, violations }): Finding => {
    return { invariant: invariant.id, title: invariant.name, checked, failed, flagged, violations };
  });
  const byNumber = findings.toSorted((a, b) => numberOf(a) - numberOf(b));
  return { position, events, findings: byNumber, discrepancies: checks.discrepancies() };
};

/** 22 of I22. */
const numberOf = ({ invariant }: Finding) => Number(invariant.slice(1));
