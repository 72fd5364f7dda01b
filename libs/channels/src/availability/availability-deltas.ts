import { isDeepStrictEqual } from 'node:util';
import { type EntityManager } from 'typeorm';
import { type Position, START } from '#event-store';
import { type SkuAvailability } from '#stock';

/** A change of what a channel can sell of a SKU, and the state after it. */
export interface AvailabilityDelta extends SkuAvailability {
  /** Grows with every change of any SKU of the channel; a reader continues after the last one that it has seen. */
  readonly sequence: number;
  /** The state includes every event up to this position. */
  readonly position: Position;
}

interface ComputedAvailability {
  readonly states: readonly SkuAvailability[];
  /** The states include every event up to this position. */
  readonly position: Position;
}

interface StoredAvailability {
  readonly sku: string;
  readonly state: object | null;
  /** The stored state includes every event up to this position. */
  readonly published: Position;
}

/**
 * Stores newly computed states. The counter row of the channel is locked, so its transactions run one after the other and
 * sequences become visible in their order.
 * @returns those that differ from what was stored, each with its new sequence
 */
export const saveAvailability = async (
  tx: EntityManager,
  channel: string,
  { states, position }: ComputedAvailability,
): Promise<readonly AvailabilityDelta[]> => {
  let sequence = await lockSequence(tx, channel);
  const stored = await tx.query<StoredAvailability[]>(
    'SELECT sku, state, told::float8 AS published FROM channels.promise WHERE channel = $1 AND sku = ANY($2)',
    [channel, states.map(({ sku }) => sku)],
  );
  const bySku = new Map(stored.map((row) => [row.sku, row]));
  const newer = states.filter(({ sku }) => (bySku.get(sku)?.published ?? START) < position);
  const changed = newer
    .filter((state) => !isSameForSellers(bySku.get(state.sku)?.state ?? null, state))
    .map((state): AvailabilityDelta => ({ ...state, sequence: ++sequence, position }));
  await tx.query('UPDATE channels.promise SET told = $3 WHERE channel = $1 AND sku = ANY($2)', [
    channel,
    newer.map(({ sku }) => sku),
    position,
  ]);
  await tx.query(
    `UPDATE channels.promise p SET sequence = c.sequence, state = c.state
     FROM jsonb_to_recordset($2) AS c(sku text, sequence bigint, state jsonb) WHERE p.channel = $1 AND p.sku = c.sku`,
    [
      channel,
      JSON.stringify(changed.map((delta) => ({ sku: delta.sku, sequence: delta.sequence, state: stateOf(delta) }))),
    ],
  );
  await tx.query('UPDATE channels.promise_sequence SET sequence = $2 WHERE channel = $1', [channel, sequence]);
  return changed;
};

/** @returns the last sequence of the channel; 0 before the first */
const lockSequence = async (tx: EntityManager, channel: string): Promise<number> => {
  const [counter] = await tx.query<{ sequence: number }[]>(
    `INSERT INTO channels.promise_sequence VALUES ($1, 0)
     ON CONFLICT (channel) DO UPDATE SET channel = excluded.channel RETURNING sequence::float8`,
    [channel],
  );
  if (!counter) throw new Error(`The sequence of the channel ${channel} could not be locked`);
  return counter.sequence;
};

const stateOf = (state: SkuAvailability): SkuAvailability => ({
  channel: state.channel,
  sku: state.sku,
  atp: state.atp,
  byLocation: state.byLocation,
  nextEta: state.nextEta,
  reservable: state.reservable,
  preorderable: state.preorderable,
  policyVersion: state.policyVersion,
});

/** A new version of the channel's configuration does not by itself change what can be sold. */
const isSameForSellers = (before: object | null, now: SkuAvailability): boolean =>
  before !== null && isDeepStrictEqual({ ...before, policyVersion: 0 }, { ...stateOf(now), policyVersion: 0 });
