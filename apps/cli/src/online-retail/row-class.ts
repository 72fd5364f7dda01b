import { type Row } from './rows.js';

/** The business meaning of a row of the data set. */
export type RowClass =
  | 'ledger_adjustment'
  | 'refund_shipping'
  | 'credit_discount'
  | 'credit_manual'
  | 'credit_samples'
  | 'fee'
  | 'return_with_customer'
  | 'return_anonymous'
  | 'stock_writeoff'
  | 'stock_found'
  | 'shipping_charge'
  | 'gift_card_sale'
  | 'charge_manual'
  | 'free_line'
  | 'product_sale';

/** Classes of money that is not goods, with the kind of charge that they are. */
export const CHARGES: Partial<Record<RowClass, string>> = {
  refund_shipping: 'shipping',
  shipping_charge: 'shipping',
  credit_discount: 'discount',
  credit_manual: 'manual',
  charge_manual: 'manual',
  credit_samples: 'samples',
  fee: 'fee',
  gift_card_sale: 'gift-card',
};

/** Classes of goods that are sold or come back. */
export const GOODS: ReadonlySet<RowClass> = new Set([
  'product_sale',
  'free_line',
  'return_with_customer',
  'return_anonymous',
]);

const SHIPPING = new Set(['POST', 'DOT', 'C2']);
const FEES = new Set(['AMAZONFEE', 'BANK CHARGES', 'CRUK']);

interface Rule {
  readonly applies: (row: Row, sku: string) => boolean;
  readonly is: RowClass;
}

const cancelled = ({ invoice }: Row) => invoice.startsWith('C');
const free = ({ price }: Row) => price.amount === 0;

/** First match wins. */
const RULES: readonly Rule[] = [
  { applies: ({ invoice }) => invoice.startsWith('A'), is: 'ledger_adjustment' },
  { applies: (row, sku) => cancelled(row) && SHIPPING.has(sku), is: 'refund_shipping' },
  { applies: (row, sku) => cancelled(row) && sku === 'D', is: 'credit_discount' },
  { applies: (row, sku) => cancelled(row) && sku === 'M', is: 'credit_manual' },
  { applies: (row, sku) => cancelled(row) && sku === 'S', is: 'credit_samples' },
  { applies: (row, sku) => cancelled(row) && FEES.has(sku), is: 'fee' },
  { applies: (row) => cancelled(row) && row.customer !== undefined, is: 'return_with_customer' },
  { applies: cancelled, is: 'return_anonymous' },
  { applies: ({ quantity }) => quantity < 0, is: 'stock_writeoff' },
  { applies: (row) => free(row) && row.customer === undefined, is: 'stock_found' },
  { applies: (_, sku) => SHIPPING.has(sku), is: 'shipping_charge' },
  { applies: (_, sku) => sku.startsWith('GIFT_'), is: 'gift_card_sale' },
  { applies: (_, sku) => sku === 'M', is: 'charge_manual' },
  { applies: (_, sku) => FEES.has(sku), is: 'fee' },
  { applies: free, is: 'free_line' },
];

export const skuOf = ({ code }: Pick<Row, 'code'>) => code.toUpperCase();

export const classify = (row: Row): RowClass =>
  RULES.find(({ applies }) => applies(row, skuOf(row)))?.is ?? 'product_sale';
