import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Measured } from './load.js';
import { cpuBetween } from './processes.js';
import { type Product, startProduct } from './product.js';
import { Shop } from './shop.js';

/** One figure of both checkouts: the median of the rounds. `ratio` is the median of the rounds' own ratios, ours by theirs. */
export interface Compared {
  readonly name: string;
  readonly theirs: number;
  readonly ours: number;
  readonly ratio: number;
}

interface Side {
  readonly product: Product;
  readonly shop: Shop;
  readonly rebuild: () => Promise<Figures>;
  readonly remove: () => Promise<void>;
}

/** The figures of one turn. */
type Figures = Partial<Record<(typeof REPORTED)[number], number>>;

const REPORTED = ['perSecond', 'p50Ms', 'cpuMsPerOrder', 'cpuMsPerRead'] as const;

/**
 * Measures the built product of another checkout and this one side by side: both run, and take short turns under the same
 * load, so that a machine whose speed changes by the minute slows both alike.
 * @param checkout its folder, built
 * @param rounds turns that each side has with each load
 */
export const measureAgainst = async (
  checkout: string,
  rounds: number,
  seconds: number,
  say: (line: string) => void,
): Promise<readonly Compared[]> => {
  const sides: Side[] = [];
  try {
    for (const folder of [checkout, '.']) sides.push(await open(folder));
    const turn = async (work: (side: Side) => Promise<Figures>, n: number) => {
      const measured = new Map<Side, Figures>();
      for (const side of n % 2 === 0 ? sides : sides.toReversed()) {
        measured.set(side, await work(side));
        await side.product.settled();
      }
      return sides.map((side) => measured.get(side) ?? {});
    };
    const compared: Compared[] = [];
    for (const [name, work] of Object.entries(loads(seconds))) {
      say(name);
      await turn(work, 0); // warms up
      const turns = [];
      for (let n = 0; n < rounds; n++) turns.push(await turn(work, n));
      compared.push(...compare(name, turns));
    }
    return compared;
  } finally {
    for (const side of sides) await side.remove();
  }
};

const loads = (seconds: number): Readonly<Record<string, (side: Side) => Promise<Figures>>> => ({
  'orders, 8 buyers': (side) => side.shop.orders(8, seconds),
  'orders, 32 buyers': (side) => side.shop.orders(32, seconds),
  'full checkouts, 8 buyers': (side) => side.shop.checkouts(8, seconds),
  'full checkouts, 32 buyers': (side) => side.shop.checkouts(32, seconds),
  'availability, 8 readers': (side) => read(side, 8, seconds),
  'availability, 32 readers': (side) => read(side, 32, seconds),
  'rebuild of all read models': (side) => side.rebuild(),
});

const read = async ({ product, shop }: Side, readers: number, seconds: number) => {
  const before = product.usage();
  const measured: Measured = await shop.availability(readers, seconds);
  const { total } = cpuBetween(before, product.usage());
  return { perSecond: measured.perSecond, p50Ms: measured.p50Ms, cpuMsPerRead: total / measured.count };
};

const open = async (folder: string): Promise<Side> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'kontor-bench-'));
  const cli = resolve(folder, 'dist/apps/cli/src/main.js');
  const product = await startProduct({ dataDir, cli });
  const shop = new Shop(product, undefined);
  await shop.open();
  const rebuild = async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      cli,
      '--data',
      dataDir,
      '--json',
      'rebuild',
      '--all',
    ]);
    return { perSecond: (JSON.parse(stdout) as { readonly eventsPerSecond: number }).eventsPerSecond };
  };
  const remove = async () => {
    await product.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { product, shop, rebuild, remove };
};

const compare = (name: string, turns: readonly (readonly Figures[])[]): Compared[] =>
  REPORTED.filter((figure) => turns[0]?.[0]?.[figure] !== undefined).map((figure) => {
    const pairs = turns.map(([theirs, ours]) => [theirs?.[figure] ?? 0, ours?.[figure] ?? 0] as const);
    return {
      name: `${name}, ${figure}`,
      theirs: median(pairs.map(([theirs]) => theirs)),
      ours: median(pairs.map(([, ours]) => ours)),
      ratio: median(pairs.map(([theirs, ours]) => ours / theirs)),
    };
  });

const median = (values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
};
