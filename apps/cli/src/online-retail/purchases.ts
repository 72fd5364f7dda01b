import { skuOf } from './row-class.js';
import { type Row } from './rows.js';

export interface OriginalLine {
  readonly orderId: string;
  readonly lineId: string;
}

/** What is bought or comes back. */
export type PurchaseRow = Pick<Row, 'code' | 'quantity' | 'price' | 'at'>;

/** There may be a million of them: what it has is shared or small. */
interface Purchase extends OriginalLine {
  readonly at: string;
  readonly amount: number;
  readonly scale: number;
  readonly bought: number;
  left: number;
}

/** The purchases of customers less their returns, to find the order line of a return. */
export class Purchases {
  private readonly byCustomerAndSku = new Map<string, Purchase[]>();

  /** @param left units that have not come back */
  add(customer: string, row: PurchaseRow, line: OriginalLine, left = row.quantity): void {
    const key = `${customer}/${skuOf(row)}`;
    const { orderId, lineId } = line;
    const { amount, scale } = row.price;
    const purchase = { orderId, lineId, at: row.at, amount, scale, bought: row.quantity, left };
    const known = this.byCustomerAndSku.get(key);
    if (known) known.push(purchase);
    else this.byCustomerAndSku.set(key, [purchase]);
  }

  /** Takes a return from the newest line with enough units left, preferably one of the same quantity and price. */
  takeReturn(customer: string, row: PurchaseRow): OriginalLine | undefined {
    const quantity = Math.abs(row.quantity);
    const candidates = (this.byCustomerAndSku.get(`${customer}/${skuOf(row)}`) ?? []).filter(
      ({ left, at }) => left >= quantity && at <= row.at,
    );
    const { amount, scale } = row.price;
    const exact = candidates.findLast((one) => one.bought === quantity && one.amount === amount && one.scale === scale);
    const purchase = exact ?? candidates.at(-1);
    if (!purchase) return undefined;
    purchase.left -= quantity;
    return { orderId: purchase.orderId, lineId: purchase.lineId };
  }
}
