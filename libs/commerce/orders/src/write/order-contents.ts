import { Injectable, Optional } from '@nestjs/common';
import { expandKits } from '../domain/expand-kits.js';
import { type OrderLine } from '../domain/order-messages.js';
import { CartContents, type CheckedOutCart } from './cart-contents.js';
import { Kits } from './kits.js';

/** What goods an order is about, where it does not say so itself. */
@Injectable()
export class OrderContents {
  constructor(
    @Optional() private readonly carts?: CartContents,
    @Optional() private readonly kits?: Kits,
  ) {}

  /** The cart that it is made from; undefined when that is not checked out for it. */
  async cart(cartId: string, orderId: string): Promise<CheckedOutCart | undefined> {
    return this.carts?.forOrder(cartId, orderId);
  }

  /** Lines of components instead of lines of kits. @throws DomainError `invalid-lines`, `amount-out-of-range` */
  withoutKits<Line extends OrderLine>(lines: readonly Line[], currency: string): Line[] {
    return expandKits(lines, (sku) => this.kits?.componentsOf(sku), currency);
  }
}
