import { decimalText, exponentOf, KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type MarketplaceOrder } from './marketplace-api.js';

/** A line of an imported order. Stored as JSON, so the names of its fields must not change. */
interface ImportedLine {
  readonly lineId: string;
  readonly theirSku: string;
  /** Kontor's SKU; undefined where nobody has mapped the marketplace's. */
  readonly sku?: string;
  readonly quantity: number;
  /** Units to order in Kontor; 0 where the line cannot be sold. */
  readonly wanted: number;
  /** Units whose cancellation the marketplace has requested so far. */
  readonly cancelled: number;
}

/** What is stored of an order in addition to its ids. It holds nothing personal. Stored as JSON, so its names must not change. */
export interface ImportedOrder {
  /** 1 at first, and 1 more each time that the order is placed again without the lines that are sold out. */
  readonly attempt: number;
  readonly currency: string;
  readonly lines: readonly ImportedLine[];
  /** Set once it is decided that nothing of the order is sold. */
  readonly refused?: true;
}

/** Kontor's id of the order. It follows from its arguments, so an order that is fetched again is not placed again. */
export const orderIdOf = (adapter: string, marketplaceOrderId: string, attempt: number): string =>
  uuidv5(KONTOR_NAMESPACE, `${adapter}/${marketplaceOrderId}/${attempt}`);

const MAX_ADDRESS_LINES = 6;
const DECIMAL = /^(\d{1,12})(?:\.(\d{1,6}))?$/;

/** Turns decimal text into an amount and its scale: `8.5` GBP is 850 of scale 2. @throws Error for any other text */
export const priceOf = (text: string, currency: string): { amount: number; scale: number } => {
  const [, whole, decimals = ''] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) throw new Error(`${text} is not a price`);
  const digits = decimals.padEnd(exponentOf(currency), '0');
  return { amount: Number(whole + digits), scale: digits.length };
};

/** Turns minor units into decimal text: 850 GBP is `8.50`. */
export const decimalTextOf = (amount: number, currency: string): string => decimalText(amount, exponentOf(currency));

/** @param skus the marketplace's SKU → Kontor's */
export const importedOrderOf = (order: MarketplaceOrder, skus: ReadonlyMap<string, string>): ImportedOrder => ({
  attempt: 1,
  currency: order.currency,
  lines: order.lines.map(({ line_id: lineId, sku: theirSku, quantity, cancel_requested: cancelled }) => {
    const sku = skus.get(theirSku);
    const wanted = sku === undefined ? 0 : Math.max(0, quantity - cancelled);
    return { lineId, theirSku, ...(sku !== undefined && { sku }), quantity, wanted, cancelled };
  }),
});

/** The next attempt at an order, without the SKUs that are sold out. */
export const withoutSoldOut = (order: ImportedOrder, soldOut: ReadonlySet<string>): ImportedOrder => ({
  ...order,
  attempt: order.attempt + 1,
  lines: order.lines.map((line) => (line.sku !== undefined && soldOut.has(line.sku) ? { ...line, wanted: 0 } : line)),
});

/** Whether anything is left to order in Kontor. */
export const hasWantedLines = ({ lines }: ImportedOrder): boolean => lines.some(({ wanted }) => wanted > 0);

/** The data of PlaceOrder. */
export interface PlaceOrderData {
  readonly orderId: string;
  readonly [field: string]: unknown;
}

/**
 * It has no tenders, because the buyer has paid at the marketplace.
 * @throws Error where the order has no line of that id
 */
export const placeOrderData = (orderId: string, order: MarketplaceOrder, { lines }: ImportedOrder): PlaceOrderData => {
  const { currency, buyer, ship_to: to } = order;
  return {
    orderId,
    externalRef: order.order_id,
    currency,
    contact: buyer,
    shipTo: { lines: addressLines(to.street), postalCode: to.zip, city: to.city },
    country: to.country,
    lines: lines.filter(({ wanted }) => wanted > 0).map((line) => orderLineOf(line, order)),
    charges: shippingCharges(order),
  };
};

/** More lines than Kontor takes share the last one. */
const addressLines = (street: readonly unknown[]) =>
  street.length > MAX_ADDRESS_LINES
    ? [...street.slice(0, MAX_ADDRESS_LINES - 1), street.slice(MAX_ADDRESS_LINES - 1).join(', ')]
    : street;

const orderLineOf = ({ lineId, sku, wanted: quantity }: ImportedLine, { lines, currency }: MarketplaceOrder) => {
  const line = lines.find(({ line_id }) => line_id === lineId);
  if (!line) throw new Error(`The marketplace no longer has the line ${lineId}`);
  const { price, title } = line;
  return { lineId, sku, quantity, unitPrice: priceOf(price, currency), ...(title && { title }), method: 'ship' };
};

const shippingCharges = ({ shipping_price: shipping, currency }: MarketplaceOrder) => {
  const unitPrice = priceOf(shipping, currency);
  return unitPrice.amount > 0 ? [{ chargeId: 'shipping', kind: 'shipping', quantity: 1, unitPrice }] : [];
};
