import { SKU } from '#stock';
import { isWrong, type StockFeedRow, type StockFeedRows, type WrongRow } from './stock-feed-rows.js';
import { knownByLikeness, spreadsheetDamage } from './damaged-codes.js';

/** What Kontor knows of the articles of a feed and of the supplier's location. */
export interface FeedKnowledge {
  /** The supplier's code → Kontor's SKU, as staff have mapped them. */
  readonly mapped: ReadonlyMap<string, string>;
  /** SKUs of the feed that Kontor has at any location. */
  readonly known: ReadonlySet<string>;
  /** SKU → units on hand at the supplier's location. */
  readonly onHand: ReadonlyMap<string, number>;
}

/** What a feed would change. All lists are of Kontor's SKUs. */
export interface FeedPlan {
  readonly rows: readonly StockFeedRow[];
  readonly wrong: readonly WrongRow[];
  /** SKUs with stock that a full feed leaves out: they are set to 0. */
  readonly absent: readonly string[];
  /** SKUs with stock that a full feed leaves out, and that keep it because they may be in a row that cannot be read. */
  readonly kept: readonly string[];
  /** SKUs with stock that would have none, those of `absent` included. */
  readonly zeroed: readonly string[];
  /** SKUs that Kontor has never had. */
  readonly newSkus: readonly string[];
  /** The number of SKUs that have stock at the location. */
  readonly stocked: number;
}

/**
 * Compares a feed with what Kontor knows. A row that cannot be read, or whose code seems to be damaged, makes no article
 * and empties no shelf.
 */
export const planFeed = (
  { mode, rows, wrong }: StockFeedRows & { readonly mode: 'full' | 'delta' },
  knowledge: FeedKnowledge,
): FeedPlan => {
  const { known, onHand } = knowledge;
  const identify = identifier(rows, knowledge);
  const identified = rows.map((row) => identifiedRow(row, identify(row.sku)));
  const wrongRows = [
    ...wrong.map((row) => (row.sku === undefined ? row : wrongRow(row, identify(row.sku)))),
    ...identified.filter(isWrong),
  ];
  const read = withoutRepeated(identified.flatMap((row) => (isWrong(row) ? [] : [row])));
  const named = new Set([...read.rows, ...read.wrong, ...wrongRows].map(({ sku }) => sku));
  const stocked = [...onHand].flatMap(([sku, units]) => (units === 0 ? [] : [sku]));
  const leftOut = mode === 'full' ? stocked.filter((sku) => !named.has(sku)).sort() : [];
  const absent = named.has(undefined) ? [] : leftOut;
  const emptied = read.rows.filter((row) => isEmptied(row, onHand.get(row.sku) ?? 0)).map(({ sku }) => sku);
  return {
    rows: read.rows,
    wrong: [...wrongRows, ...read.wrong].sort((one, other) => one.row - other.row),
    absent,
    kept: named.has(undefined) ? leftOut : [],
    zeroed: [...absent, ...emptied],
    newSkus: read.rows.map(({ sku }) => sku).filter((sku) => !known.has(sku)),
    stocked: stocked.length,
  };
};

/** The SKU that a code stands for, or what is wrong with the code and which SKU it probably stands for. */
type Identity = { readonly sku: string } | { readonly sku?: string; readonly problem: string };

const identifier = (rows: readonly StockFeedRow[], { mapped, known, onHand }: FeedKnowledge) => {
  const codes = new Set(rows.map(({ sku }) => sku));
  const likeness = knownByLikeness([...onHand.keys()].filter((sku) => !codes.has(sku)));
  return (code: string): Identity => {
    const sku = mapped.get(code) ?? code;
    if (mapped.has(code) || known.has(code)) return { sku };
    const problem = spreadsheetDamage(code);
    if (problem !== undefined) return { problem };
    const similar = likeness(code);
    if (similar.length > 0) return similarTo(code, similar);
    return SKU.test(code) ? { sku: code } : { problem: `"${code}" cannot be a SKU` };
  };
};

const similarTo = (code: string, similar: readonly string[]): Identity => ({
  ...(similar.length === 1 && { sku: similar[0] }),
  problem: `"${code}" is not known, but ${similar.join(' and ')} is: if they differ, map "${code}" to a SKU`,
});

const identifiedRow = (row: StockFeedRow, identity: Identity): StockFeedRow | WrongRow =>
  'problem' in identity ? { row: row.row, ...identity } : { ...row, sku: identity.sku };

const wrongRow = ({ row, problem }: WrongRow, { sku }: Identity): WrongRow => ({
  row,
  ...(sku !== undefined && { sku }),
  problem,
});

/** Nobody can tell which of several rows of a SKU is right, so none of them counts. */
const withoutRepeated = (all: readonly StockFeedRow[]): StockFeedRows => {
  const bySku = Map.groupBy(all, ({ sku }) => sku);
  const isRepeated = ({ sku }: StockFeedRow) => (bySku.get(sku)?.length ?? 0) > 1;
  return {
    rows: all.filter((row) => !isRepeated(row)),
    wrong: all.filter(isRepeated).map(({ row, sku }) => ({ row, sku, problem: `${sku} is there more than once` })),
  };
};

const isEmptied = ({ quantity, delta = 0 }: StockFeedRow, onHand: number) =>
  onHand > 0 && (quantity ?? onHand + delta) <= 0;
