import { skuOf } from './row-class.js';
import { type Row } from './rows.js';

interface Purchase {
  readonly orderId: string;
  readonly lineId: string;
  readonly price: string;
  readonly bought: number;
  left: number;
}

const priceOf = ({ price }: Row) => `${price.amount}/${price.scale}`;

/** The purchases of customers less their returns, to find the order line of a return. */
export class Purchases {
  private readonly byCustomerAndSku = new Map<string, Purchase[]>();

  addPurchase(row: Row, orderId: string, lineId: string): void {
    if (row.customer === undefined) return;
    const key = `${row.customer}/${skuOf(row)}`;
    const purchase = { orderId, lineId, price: priceOf(row), bought: row.quantity, left: row.quantity };
    const known = this.byCustomerAndSku.get(key);
    if (known) known.push(purchase);
    else this.byCustomerAndSku.set(key, [purchase]);
  }

  /** Takes a return from the newest line with enough units left, preferably one of the same quantity and price. */
  takeReturn(row: Row): { orderId: string; lineId: string } | undefined {
    const quantity = Math.abs(row.quantity);
    const candidates = (this.byCustomerAndSku.get(`${row.customer ?? ''}/${skuOf(row)}`) ?? []).filter(
      ({ left }) => left >= quantity,
    );
    const exact = candidates.findLast(({ bought, price }) => bought === quantity && price === priceOf(row));
    const purchase = exact ?? candidates.at(-1);
    if (!purchase) return undefined;
    purchase.left -= quantity;
    return { orderId: purchase.orderId, lineId: purchase.lineId };
  }
}
