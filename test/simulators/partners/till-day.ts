/** A day that a till could have had, made up: the same seed, the same day. */
import { type ReceiptLine } from '#channels';

export interface DayPlan {
  readonly seed: number;
  readonly till: string;
  /** `2030-01-31` */
  readonly day: string;
  /** Documents: receipts, and what takes them back. */
  readonly receipts: number;
  readonly goods: readonly { readonly sku: string; readonly price: number }[];
}

/** A line as a till writes it. */
export interface WrittenLine {
  readonly kind: 'receipt' | 'void';
  readonly number: string;
  readonly at: string;
  readonly lines: readonly ReceiptLine[];
  readonly discount: number;
  readonly total: number;
  readonly voids?: string;
}

export interface TillDay {
  readonly lines: readonly WrittenLine[];
  /** What the day comes to: units on the shelf, by SKU, and minor units of money. */
  readonly stockChange: ReadonlyMap<string, number>;
  readonly revenue: number;
  readonly sold: number;
  readonly returned: number;
}

/** 0 ≤ n < 1, by mulberry32. */
export const randomOf = (seed: number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

export const shuffled = <Item>(items: readonly Item[], random: () => number): Item[] => {
  const all = [...items];
  for (let last = all.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [all[last], all[other]] = [all[other] as Item, all[last] as Item];
  }
  return all;
};

const OPENS_AT_MS = 9 * 3_600_000;
const OPEN_FOR_MS = 10 * 3_600_000;

const VOIDS = 0.04;
const RETURNS = 0.08;
const DISCOUNTS = 0.05;

/** Some documents void an earlier receipt, some bring goods back, half of those with the receipt. */
export const tillDay = (plan: DayPlan): TillDay => {
  const cashier = new Cashier(plan);
  const lines = Array.from({ length: plan.receipts }, (_, index) => cashier.next(index));
  return { lines, ...bookOf(lines) };
};

class Cashier {
  private readonly random: () => number;
  /** Receipts of which nothing has come back. */
  private readonly untouched: WrittenLine[] = [];

  constructor(private readonly plan: DayPlan) {
    this.random = randomOf(plan.seed);
  }

  next(index: number): WrittenLine {
    const chance = this.random();
    const voided = chance < VOIDS ? this.takeOne() : undefined;
    if (voided) return { ...voided, ...this.head(index), kind: 'void', voids: voided.number };
    if (chance < VOIDS + RETURNS) return this.receipt(index, this.broughtBack(), 0);
    const goods = this.sold();
    const receipt = this.receipt(index, goods, chance > 1 - DISCOUNTS ? Math.floor(worthOf(goods) / 10) : 0);
    this.untouched.push(receipt);
    return receipt;
  }

  private receipt(index: number, lines: readonly ReceiptLine[], discount: number): WrittenLine {
    return { kind: 'receipt', ...this.head(index), lines, discount, total: worthOf(lines) - discount };
  }

  private head(index: number) {
    const { day, receipts } = this.plan;
    const at = new Date(Date.parse(day) + OPENS_AT_MS + Math.floor((index * OPEN_FOR_MS) / receipts)).toISOString();
    return { number: `${day.replaceAll('-', '')}-${String(index + 1).padStart(5, '0')}`, at };
  }

  private sold(): ReceiptLine[] {
    return Array.from({ length: 1 + this.upTo(4) }, (_, index) => {
      const { sku, price } = this.plan.goods[this.upTo(this.plan.goods.length)] ?? { sku: 'NONE', price: 0 };
      return { line: String(index + 1), sku, quantity: 1 + this.upTo(3), price };
    });
  }

  private broughtBack(): readonly ReceiptLine[] {
    const withReceipt = this.random() < 0.5 ? this.takeOne() : undefined;
    const [first] = withReceipt?.lines ?? this.sold();
    if (!first) return [];
    const back = { ...first, line: '1', quantity: -1, condition: this.random() < 0.2 ? 'damaged' : 'good' } as const;
    return [
      withReceipt ? { ...back, of: { till: this.plan.till, number: withReceipt.number, line: first.line } } : back,
    ];
  }

  private takeOne() {
    return this.untouched.splice(this.upTo(this.untouched.length), 1)[0];
  }

  private upTo(most: number) {
    return Math.floor(this.random() * most);
  }
}

const worthOf = (lines: readonly ReceiptLine[]) =>
  lines.reduce((all, { quantity, price }) => all + quantity * price, 0);

const bookOf = (lines: readonly WrittenLine[]) => {
  const stockChange = new Map<string, number>();
  let [revenue, sold, returned] = [0, 0, 0];
  for (const { kind, lines: goods, total } of lines) {
    const sign = kind === 'void' ? -1 : 1;
    revenue += sign * total;
    for (const { sku, quantity } of goods) {
      const units = sign * quantity;
      if (units > 0) sold += units;
      else returned -= units;
      stockChange.set(sku, (stockChange.get(sku) ?? 0) - units);
    }
  }
  return { stockChange, revenue, sold, returned };
};
