import { type Position, START } from '#event-store';
import { isDeepStrictEqual } from 'node:util';
import { type EntityManager } from 'typeorm';
import { type SkuAvailability } from '#stock';

/** What a channel may promise of a SKU, as its adapters were last told. */
export interface Promised extends SkuAvailability {
  /** Grows with every change of any SKU of the channel: `since` it, there are deltas. */
  readonly sequence: number;
  /** At least so new, by its place in the log. */
  readonly position: Position;
}

/** One transaction of a channel after the other: sequences become visible in their order. */
export const keepPromises = async (
  tx: EntityManager,
  channel: string,
  now: { readonly states: readonly SkuAvailability[]; readonly position: Position },
): Promise<readonly Promised[]> => {
  const [counter] = await tx.query<{ sequence: number }[]>(
    `INSERT INTO channels.promise_sequence VALUES ($1, 0)
       ON CONFLICT (channel) DO UPDATE SET channel = excluded.channel RETURNING sequence::float8`,
    [channel],
  );
  let { sequence } = counter ?? { sequence: 0 };
  const skus = now.states.map(({ sku }) => sku);
  const before = await tx.query<{ sku: string; state: object | null; told: Position }[]>(
    'SELECT sku, state, told::float8 FROM channels.promise WHERE channel = $1 AND sku = ANY($2)',
    [channel, skus],
  );
  const known = new Map(before.map((row) => [row.sku, row]));
  const fresh = now.states.filter(({ sku }) => (known.get(sku)?.told ?? START) < now.position);
  const changed = fresh
    .filter((state) => !same(known.get(state.sku)?.state ?? null, state))
    .map((state): Promised => ({ ...state, sequence: ++sequence, position: now.position }));
  await tx.query('UPDATE channels.promise SET told = $3 WHERE channel = $1 AND sku = ANY($2)', [
    channel,
    fresh.map(({ sku }) => sku),
    now.position,
  ]);
  await tx.query(
    `UPDATE channels.promise p SET sequence = c.sequence, state = c.state
       FROM jsonb_to_recordset($2) AS c(sku text, sequence bigint, state jsonb) WHERE p.channel = $1 AND p.sku = c.sku`,
    [channel, JSON.stringify(changed.map(rowOf))],
  );
  await tx.query('UPDATE channels.promise_sequence SET sequence = $2 WHERE channel = $1', [channel, sequence]);
  return changed;
};

const stateOf = ({
  channel,
  sku,
  atp,
  byLocation,
  nextEta,
  reservable,
  preorderable,
  policyVersion,
}: SkuAvailability) => ({
  channel,
  sku,
  atp,
  byLocation,
  nextEta,
  reservable,
  preorderable,
  policyVersion,
});

const rowOf = (promised: Promised) => ({ sku: promised.sku, sequence: promised.sequence, state: stateOf(promised) });

/** A new version of the channel's configuration alone is no news to anybody who sells. */
const same = (before: object | null, now: SkuAvailability): boolean =>
  before !== null && isDeepStrictEqual({ ...before, policyVersion: 0 }, { ...stateOf(now), policyVersion: 0 });
