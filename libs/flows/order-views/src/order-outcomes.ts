import { Injectable } from '@nestjs/common';
import { type Scope } from '#database';
import { type OrderOutcomes } from '#orders';
import { PositionWaiter } from '#projections';
import { Orders } from './orders.js';
import { type OrderState, type OrderStatus } from './order-status.projection.js';

/** How the checkout of an order ended. */
interface OrderOutcome {
  readonly state: OrderState;
  /** Why it was rejected. */
  readonly reasons?: OrderStatus['reasons'];
}

/** Waits until the read model announces that the checkout of an order has ended. */
@Injectable()
export class AnnouncedOrderOutcomes implements OrderOutcomes {
  constructor(
    private readonly readModel: PositionWaiter,
    private readonly orders: Orders,
  ) {}

  async completionOf(
    orderId: string,
    reader: Scope,
    { timeoutMs, mayHaveEnded }: { timeoutMs: number; mayHaveEnded: boolean },
  ): Promise<OrderOutcome | undefined> {
    const outcome = mayHaveEnded ? await this.read(orderId, reader) : undefined;
    if (outcome) return outcome;
    const state = await this.readModel.announced(orderId, timeoutMs);
    return state === 'confirmed' ? { state } : this.read(orderId, reader);
  }

  private async read(orderId: string, reader: Scope): Promise<OrderOutcome | undefined> {
    const order = await this.orders.findOrder(reader, orderId);
    if (!order || order.state === 'pending') return undefined;
    const { state, reasons } = order;
    return { state, ...(state === 'rejected' && { reasons }) };
  }
}
