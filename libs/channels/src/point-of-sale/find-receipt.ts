import { type AdapterContext } from '../adapter.js';
import { receiptId } from './facts.js';
import { type TillLines } from './till-lines.js';

interface Order {
  readonly orderId: string;
  readonly placedAt: string;
  readonly currency: string;
  readonly total: number;
  readonly returnedAmount: number;
  readonly lines: readonly {
    readonly lineId: string;
    readonly sku: string;
    readonly title?: string;
    readonly unitPrice: { readonly amount: number; readonly scale: number };
    readonly fulfilled: number;
    readonly returned: number;
  }[];
}

/** What was sold on a receipt, and what of it can still be brought back, to any till. */
export interface FoundReceipt {
  readonly till: string;
  readonly number: string;
  /** Of Kontor: RequestReturn names it. */
  readonly order: string;
  readonly at: string;
  readonly currency: string;
  readonly total: number;
  readonly returnedAmount: number;
  readonly lines: readonly {
    readonly line: string;
    readonly sku: string;
    readonly price: number;
    readonly quantity: number;
    readonly returnable: number;
  }[];
}

/** @returns undefined where nothing was sold on such a receipt, or it has not been uploaded yet */
export const findReceipt = async (
  { name, api }: Pick<AdapterContext, 'name' | 'api'>,
  lines: Pick<TillLines, 'positionOf'>,
  { till, number }: { till: string; number: string },
): Promise<FoundReceipt | undefined> => {
  const id = receiptId(name, till, number);
  const { status, body } = await api.get(`/v1/orders/${encodeURIComponent(id)}`, await lines.positionOf(id));
  if (status === 404) return undefined;
  if (status !== 200) throw new Error(`order ${id}: the API answered ${status}`);
  const order = body as unknown as Order;
  return {
    ...{ till, number, order: id, at: order.placedAt, currency: order.currency },
    ...{ total: order.total, returnedAmount: order.returnedAmount },
    lines: order.lines.map(({ lineId, sku, unitPrice, fulfilled, returned }) => ({
      ...{ line: lineId, sku, price: unitPrice.amount, quantity: fulfilled },
      returnable: Math.max(0, fulfilled - returned),
    })),
  };
};
