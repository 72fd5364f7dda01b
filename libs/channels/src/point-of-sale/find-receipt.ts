import { type AdapterContext } from '../adapter.js';
import { receiptId } from './document-translation.js';
import { type TillLines } from './till-lines.js';

/** The fields of `GET /v1/orders/{id}` that are read here. */
interface OrderAnswer {
  readonly placedAt: string;
  readonly currency: string;
  readonly total: number;
  readonly returnedAmount: number;
  readonly lines: readonly {
    readonly lineId: string;
    readonly sku: string;
    readonly unitPrice: { readonly amount: number };
    readonly fulfilled: number;
    readonly returned: number;
  }[];
}

/** What was sold on a receipt, and what of it can still be brought back to any till. Money is minor units. */
export interface FoundReceipt {
  readonly till: string;
  readonly number: string;
  /** Id of the order, for the command RequestReturn. */
  readonly order: string;
  /** ISO 8601. */
  readonly at: string;
  readonly currency: string;
  readonly total: number;
  readonly returnedAmount: number;
  readonly lines: readonly {
    readonly line: string;
    readonly sku: string;
    readonly price: number;
    /** Units sold. */
    readonly quantity: number;
    /** Units that have not been brought back yet. */
    readonly returnable: number;
  }[];
}

/** @returns undefined where nothing was sold on a receipt of that number, or where it has not been uploaded yet */
export const findReceipt = async (
  { name, api }: Pick<AdapterContext, 'name' | 'api'>,
  lines: Pick<TillLines, 'positionOf'>,
  { till, number }: { till: string; number: string },
): Promise<FoundReceipt | undefined> => {
  const orderId = receiptId(name, till, number);
  const { status, body } = await api.get(`/v1/orders/${encodeURIComponent(orderId)}`, await lines.positionOf(orderId));
  if (status === 404) return undefined;
  if (status !== 200) throw new Error(`order ${orderId}: the API answered ${status}`);
  const { placedAt, currency, total, returnedAmount, lines: orderLines } = body as unknown as OrderAnswer;
  return {
    till,
    number,
    order: orderId,
    at: placedAt,
    currency,
    total,
    returnedAmount,
    lines: orderLines.map(({ lineId, sku, unitPrice, fulfilled, returned }) => ({
      line: lineId,
      sku,
      price: unitPrice.amount,
      quantity: fulfilled,
      returnable: Math.max(0, fulfilled - returned),
    })),
  };
};
