import { exponentOf, KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type TheirOrder } from './their-language.js';

/** A line of an order as it was imported, and how much of it is asked of Kontor. */
interface ImportedLine {
  readonly lineId: string;
  readonly theirSku: string;
  /** Undefined: nobody has said which SKU of ours it is. */
  readonly sku?: string;
  readonly quantity: number;
  /** Units that are asked for; none where we cannot sell it. */
  readonly wanted: number;
  /** Units whose cancellation the marketplace has asked for so far. */
  readonly cancelled: number;
}

/** What is kept of an order beside its ids: nothing personal. */
export interface ImportedOrder {
  /** 1, and one more each time that lines are left out because they are sold out. */
  readonly attempt: number;
  readonly currency: string;
  readonly lines: readonly ImportedLine[];
  /** Set once it is known that nothing of it is sold. */
  readonly refused?: true;
}

/** The same for whoever imports it, however often. */
export const orderIdOf = (adapter: string, theirId: string, attempt: number): string =>
  uuidv5(KONTOR_NAMESPACE, `${adapter}/${theirId}/${attempt}`);

const DECIMAL = /^(\d{1,12})(?:\.(\d{1,6}))?$/;

/** `8.5` pounds are 850 of scale 2. @throws Error for what is no price */
export const priceOf = (text: string, currency: string): { amount: number; scale: number } => {
  const [, whole, decimals = ''] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) throw new Error(`${text} is no price`);
  const digits = decimals.padEnd(exponentOf(currency), '0');
  return { amount: Number(whole + digits), scale: digits.length };
};

/** Minor units → `8.50` */
export const decimalOf = (amount: number, currency: string): string => {
  const scale = exponentOf(currency);
  const digits = String(Math.abs(amount)).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${amount < 0 ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
};

/** @param skus theirs → ours */
export const importedOf = (order: TheirOrder, skus: ReadonlyMap<string, string>): ImportedOrder => ({
  attempt: 1,
  currency: order.currency,
  lines: order.lines.map(({ line_id: lineId, sku: theirSku, quantity, cancel_requested: cancelled }) => {
    const sku = skus.get(theirSku);
    const wanted = sku === undefined ? 0 : Math.max(0, quantity - cancelled);
    return { lineId, theirSku, ...(sku !== undefined && { sku }), quantity, wanted, cancelled };
  }),
});

/** Without what is sold out. */
export const without = (order: ImportedOrder, soldOut: ReadonlySet<string>): ImportedOrder => ({
  ...order,
  attempt: order.attempt + 1,
  lines: order.lines.map((line) => (line.sku !== undefined && soldOut.has(line.sku) ? { ...line, wanted: 0 } : line)),
});

export const isWanted = ({ lines }: ImportedOrder): boolean => lines.some(({ wanted }) => wanted > 0);

/** The data of PlaceOrder. It was paid at the marketplace: there are no tenders. @throws Error for what cannot be read */
export const orderToPlace = (orderId: string, theirs: TheirOrder, { lines }: ImportedOrder): object => {
  const { currency, buyer, ship_to: to, shipping_price: shipping } = theirs;
  const byId = new Map(theirs.lines.map((line) => [line.line_id, line]));
  const charge = priceOf(shipping, currency);
  return {
    orderId,
    externalRef: theirs.order_id,
    currency,
    contact: buyer,
    shipTo: { lines: to.street, postalCode: to.zip, city: to.city },
    country: to.country,
    lines: lines
      .filter(({ wanted }) => wanted > 0)
      .map(({ lineId, sku, wanted: quantity }) => {
        const { price = '', title } = byId.get(lineId) ?? {};
        return { lineId, sku, quantity, unitPrice: priceOf(price, currency), ...(title && { title }), method: 'ship' };
      }),
    charges: charge.amount > 0 ? [{ chargeId: 'shipping', kind: 'shipping', quantity: 1, unitPrice: charge }] : [],
  };
};
