/** Made-up days of a till. The same seed makes the same day. */
import { type ReceiptLine } from '#channels';
import { Random } from '#kernel';

export interface DayPlan {
  readonly seed: number;
  readonly till: string;
  /** `2030-01-31` */
  readonly day: string;
  /** The number of documents, voids included. */
  readonly receipts: number;

  readonly goods: readonly { readonly sku: string; readonly price: number }[];
}

/** A document as a till writes it. */
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
  /** SKU → change of the units on the shelf. */
  readonly stockChange: ReadonlyMap<string, number>;
  /** Minor units. */
  readonly revenue: number;
  /** Units. */
  readonly sold: number;
  /** Units. */
  readonly returned: number;
}

export const shuffled = <Item>(items: readonly Item[], random: Random): Item[] => {
  const all = [...items];
  for (let last = all.length - 1; last > 0; last--) {
    const other = random.between(0, last);
    [all[last], all[other]] = [all[other] as Item, all[last] as Item];
  }
  return all;
};

const OPENS_AT_MS = 9 * 3_600_000;
const OPEN_FOR_MS = 10 * 3_600_000;

/** Shares of the documents. */
const VOIDS = 0.04;
const RETURNS = 0.08;
const DISCOUNTS = 0.05;

/** A day with sales, voids of earlier receipts, and returns with and without a receipt. */
export const tillDay = (plan: DayPlan): TillDay => {
  const cashier = new Cashier(plan);
  const lines = Array.from({ length: plan.receipts }, (_, index) => cashier.nextDocument(index));
  return { lines, ...figuresOf(lines) };
};

class Cashier {
  private readonly random: Random;
  /** Receipts that were not voided and of which nothing was brought back. */
  private readonly untouched: WrittenLine[] = [];

  constructor(private readonly plan: DayPlan) {
    this.random = new Random(plan.seed);
  }

  nextDocument(index: number): WrittenLine {
    const chance = this.random.next();
    const voided = chance < VOIDS ? this.takeUntouched() : undefined;
    if (voided) return { ...voided, ...this.head(index), kind: 'void', voids: voided.number };
    if (chance < VOIDS + RETURNS) return this.receipt(index, this.returnedGoods(), 0);
    const goods = this.soldGoods();
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

  private soldGoods(): ReceiptLine[] {
    return Array.from({ length: 1 + this.below(4) }, (_, index) => {
      const { sku, price } = this.plan.goods[this.below(this.plan.goods.length)] ?? { sku: 'NONE', price: 0 };
      return { line: String(index + 1), sku, quantity: 1 + this.below(3), price };
    });
  }

  private returnedGoods(): readonly ReceiptLine[] {
    const withReceipt = this.random.next() < 0.5 ? this.takeUntouched() : undefined;
    const [first] = withReceipt?.lines ?? this.soldGoods();
    if (!first) return [];
    const back = {
      ...first,
      line: '1',
      quantity: -1,
      condition: this.random.next() < 0.2 ? 'damaged' : 'good',
    } as const;
    return [
      withReceipt ? { ...back, of: { till: this.plan.till, number: withReceipt.number, line: first.line } } : back,
    ];
  }

  private takeUntouched() {
    return this.untouched.splice(this.below(this.untouched.length), 1)[0];
  }

  /** A whole number below the limit. */
  private below(limit: number) {
    return Math.floor(this.random.next() * limit);
  }
}

const worthOf = (lines: readonly ReceiptLine[]) =>
  lines.reduce((all, { quantity, price }) => all + quantity * price, 0);

const figuresOf = (lines: readonly WrittenLine[]) => {
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
