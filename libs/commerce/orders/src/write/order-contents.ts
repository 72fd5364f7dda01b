import { Injectable, Optional } from '@nestjs/common';
import { expandKits } from '../domain/expand-kits.js';
import { type OrderLine } from '../domain/order-messages.js';
import { CartContents, type CheckedOutCart } from './cart-contents.js';
import { Kits } from './kits.js';

/** Finds the goods of an order that names a cart or a kit instead. */
@Injectable()
export class OrderContents {
  constructor(
    @Optional() private readonly carts?: CartContents,
    @Optional() private readonly kits?: Kits,
  ) {}

  /** @returns undefined for a cart that was not checked out for this order */
  async checkedOutCart(cartId: string, orderId: string): Promise<CheckedOutCart | undefined> {
    return this.carts?.checkedOutFor(cartId, orderId);
  }

  /** Replaces lines of kits by lines of their components. @throws DomainError `invalid-lines`, `amount-out-of-range` */
  expandKits<Line extends OrderLine>(lines: readonly Line[], currency: string): Line[] {
    return expandKits(lines, (sku) => this.kits?.componentsOf(sku), currency);
  }
}
