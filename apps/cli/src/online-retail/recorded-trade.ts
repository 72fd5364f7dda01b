import { type KontorClient, undefinedIfMissing } from '../client.js';
import { customerIdOf } from './customers.js';
import { type OriginalLine, type PurchaseRow } from './purchases.js';

/** A line of an order that was recorded before. */
export interface RecordedPurchase extends PurchaseRow {
  readonly line: OriginalLine;
  /** Units that have not come back. */
  readonly left: number;
}

/** The fields of `GET /v1/returns/{id}` that are read here. */
interface ReturnAnswer {
  readonly lines: readonly { readonly lineId: string; readonly original?: OriginalLine }[];
}

/** The fields of `GET /v1/orders/{id}` that are read here. */
interface OrderAnswer {
  readonly placedAt: string;
  readonly lines: readonly {
    readonly lineId: string;
    readonly sku: string;
    readonly unitPrice: { readonly amount: number; readonly scale: number };
    readonly ordered: number;
    readonly returned: number;
  }[];
}

interface OrderPage {
  readonly items: readonly { readonly orderId: string }[];
  readonly next?: string;
}

/** The trade that Kontor has already. */
export class RecordedTrade {
  /** @param isInFile whether the file that is imported has the order itself */
  constructor(
    private readonly client: Pick<KontorClient, 'get'>,
    private readonly isInFile: (orderId: string) => boolean,
  ) {}

  /** What the lines of a return name as their original; undefined where it is not recorded. */
  async originalsOf(returnId: string): Promise<ReadonlyMap<string, OriginalLine> | undefined> {
    const found = await this.client.get<ReturnAnswer>(`/v1/returns/${returnId}`).catch(undefinedIfMissing);
    return (
      found && new Map(found.lines.flatMap(({ lineId, original }) => (original ? [[lineId, original] as const] : [])))
    );
  }

  /** What a customer has bought besides the orders of the file, the oldest first. */
  async purchasesOf(customer: string): Promise<readonly RecordedPurchase[]> {
    const purchases: RecordedPurchase[] = [];
    const query = `customerId=${customerIdOf(customer)}&state=recorded&limit=200`;
    let cursor = '';
    do {
      const page = await this.client.get<OrderPage>(`/v1/orders?${query}${cursor}`);
      for (const { orderId } of page.items)
        if (!this.isInFile(orderId)) purchases.unshift(...(await this.linesOf(orderId)));
      cursor = page.next === undefined ? '' : `&cursor=${encodeURIComponent(page.next)}`;
    } while (cursor !== '');
    return purchases;
  }

  private async linesOf(orderId: string): Promise<readonly RecordedPurchase[]> {
    const order = await this.client.get<OrderAnswer>(`/v1/orders/${encodeURIComponent(orderId)}`);
    return order.lines.map(({ lineId, sku, unitPrice, ordered, returned }) => ({
      code: sku,
      quantity: ordered,
      price: unitPrice,
      at: order.placedAt,
      line: { orderId, lineId },
      left: ordered - returned,
    }));
  }
}
