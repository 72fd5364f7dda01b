import { decimalText, type UnitPrice } from '#kernel';
import { column, computed, nullable } from '#projections';
import { texts } from '#schema';

/** The columns that lines of orders and of returns have in common, so that analysts can add up both. */
export const tradeLineColumns = {
  unitPrice: column.numeric('In the major unit, as amount'),
  amount: column.numeric('quantity × unit price, not rounded'),
  attributes: nullable(column.json(texts)),
  class: nullable(column.text('attributes.class')),
};

interface PricedItem {
  readonly unitPrice: Omit<UnitPrice, 'currency'>;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/** The values of {@link tradeLineColumns}. @param quantity signed */
export const tradeLineValues = ({ unitPrice: { amount, scale }, attributes }: PricedItem, quantity: number) => ({
  unitPrice: decimalText(amount, scale),
  amount: decimalText(BigInt(quantity) * BigInt(amount), scale),
  attributes: attributes ?? null,
  class: attributes?.['class'] ?? null,
});

/** For the questions of most reports: by time, by SKU and by buyer. */
export const TRADE_LINE_INDICES = [
  { columns: ['occurredAt'] },
  { columns: ['sku', 'occurredAt'], where: 'sku IS NOT NULL' },
  { columns: ['buyerId', 'occurredAt'], where: 'buyer_id IS NOT NULL' },
] as const;

/** Columns of views over the lines `t`. */
export const tradeLineView = {
  unitPrice: computed('numeric', 't.unit_price', 'Price of one unit, exact decimal of the major unit'),
  class: computed('text', 't.class', 'attributes.class, where an import sets it'),
};
