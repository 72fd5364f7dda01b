import { Injectable } from '@nestjs/common';
import { EventStore } from '#event-store';
import { CartContents, type CheckedOutCart } from '#orders';
import { activeReservations, type Cart } from '../domain/cart-state.js';
import { readCart } from './read-cart.js';

const RETRY_DELAY_MS = 25;
const MAX_TRIES = 40;

/** Reads the contents of carts from their streams. */
@Injectable()
export class StreamCarts extends CartContents {
  constructor(private readonly store: EventStore) {
    super();
  }

  override async checkedOutFor(cartId: string, orderId: string): Promise<CheckedOutCart | undefined> {
    const cart = await this.readSettled(cartId);
    if (cart.checkout?.orderId !== orderId) return undefined;
    const { lines, currency, customerId } = cart;
    return {
      lines: [...lines.values()],
      reservations: activeReservations(cart),
      currency,
      ...(customerId !== undefined && { customerId }),
    };
  }

  /** Waits up to a second for stock to answer the requests of a cart that is checked out. */
  private async readSettled(cartId: string): Promise<Cart> {
    for (let tries = 1; ; tries++) {
      const cart = await readCart(this.store, cartId);
      const isPending =
        cart.status === 'checked-out' && cart.stockItems.values().some(({ pendingRequest: asked }) => asked);
      if (!isPending || tries >= MAX_TRIES) return cart;
      await pause(RETRY_DELAY_MS);
    }
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
