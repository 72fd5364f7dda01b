import { type Position } from '#event-store';
import { Injectable } from '@nestjs/common';
import { readScope, type Principal } from '#access';
import { Orders, type OrderState, type OrderStatus } from '#order-views';
import { PositionWaiter } from '#projections';

/** How the checkout of an order ended. */
export interface Settlement {
  readonly state: OrderState;
  /** Why it was rejected. */
  readonly reasons?: OrderStatus['reasons'];
}

/** Waits until what a command led to can be read. */
@Injectable()
export class Settled {
  constructor(
    private readonly readModel: PositionWaiter,
    private readonly orders: Orders,
  ) {}

  /** What has been waited for can be read from here on. */
  get position(): Position {
    return this.readModel.position;
  }

  visible(position: Position, timeoutMs: number): Promise<boolean> {
    return this.readModel.reached(position, timeoutMs);
  }

  /** Undefined while the order is still pending. `before`: it was placed earlier, so it may have its answer already. */
  async order(
    orderId: string,
    principal: Principal,
    timeoutMs: number,
    before = false,
  ): Promise<Settlement | undefined> {
    const known = before ? await this.read(orderId, principal) : undefined;
    if (known) return known;
    const state = await this.readModel.announced(orderId, timeoutMs);
    return state === 'confirmed' ? { state } : this.read(orderId, principal);
  }

  private async read(orderId: string, principal: Principal): Promise<Settlement | undefined> {
    const order = await this.orders.get(readScope(principal), orderId);
    if (!order || order.state === 'pending') return undefined;
    const { state, reasons } = order;
    return { state, ...(state === 'rejected' && { reasons }) };
  }
}
