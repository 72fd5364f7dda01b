import { Injectable } from '@nestjs/common';
import { EventStore } from '#event-store';
import { CartContents, type CheckedOutCart } from '#orders';
import { heldBy, type Cart } from '../domain/cart-state.js';
import { readCart } from './read-cart.js';

const ASK_AGAIN_MS = 25;
const TRIES = 40;

/** What is in carts, from their streams. */
@Injectable()
export class StreamCarts extends CartContents {
  constructor(private readonly store: EventStore) {
    super();
  }

  override async forOrder(cartId: string, orderId: string): Promise<CheckedOutCart | undefined> {
    const cart = await this.settled(cartId);
    if (cart.checkout?.orderId !== orderId) return undefined;
    const { lines, currency, customerId } = cart;
    const whose = customerId === undefined ? {} : { customerId };
    return { lines: [...lines.values()], held: heldBy(cart), currency, ...whose };
  }

  /** Reservations that are on their way are waited for, for a second. */
  private async settled(cartId: string): Promise<Cart> {
    for (let tries = 1; ; tries++) {
      const cart = await readCart(this.store, cartId);
      const isOpen = cart.status === 'checked-out' && cart.places.values().some(({ asked }) => asked);
      if (!isOpen || tries >= TRIES) return cart;
      await pause(ASK_AGAIN_MS);
    }
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
