import { Injectable } from '@nestjs/common';
import { EventStore, readHistory } from '#event-store';
import { cart } from '../domain/cart.js';
import { cartView, type CartView } from './cart-view.js';

/** Carts as they are now. They are read from the log, so they are never behind. */
@Injectable()
export class Carts {
  constructor(private readonly store: EventStore) {}

  /** @throws StreamNotReadable, OutcomeUnknown when the log does not answer */
  async find(cartId: string): Promise<CartView | undefined> {
    return cartView(cartId, await readHistory(this.store, cart, cartId));
  }
}
