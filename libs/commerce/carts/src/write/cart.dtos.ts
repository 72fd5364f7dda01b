/** Bodies of the commands about carts. */
import {
  Attributes,
  Currency,
  FreeText,
  GoodsDto,
  harmless,
  Id,
  LocationId,
  MAX_UNITS,
  Nested,
  OneOf,
  Optional,
  Reference,
  Whole,
} from '#fields';
import { type CartLine, type HandOver, METHODS } from '../domain/cart-messages.js';

const MAX_SECONDS = 86_400;

export class CartDto {
  /** A random UUID. */
  @Id() readonly cartId!: string;
}

export class CreateCartDto extends CartDto {
  @Currency() readonly currency!: string;
  /** A registered customer. */
  @Optional() @Id() readonly customerId?: string;
  @Optional() @Attributes() readonly attributes?: Record<string, string>;
}

export class AddCartLineDto extends GoodsDto {
  @Id() readonly cartId!: string;
  /** The title that the channel shows. */
  @Optional()
  @FreeText(500, 'T-shirt, red, M', harmless('The name under which goods are sold.'))
  readonly title?: string;
  @OneOf(METHODS) readonly method!: CartLine['method'];
  /** Required for pickup and carry-out. */
  @Optional() @LocationId() readonly locationId?: string;
}

export class CartLineDto extends CartDto {
  @Id('1') readonly lineId!: string;
}

export class SetCartLineQuantityDto extends CartLineDto {
  @Whole(1, MAX_UNITS, 2) readonly quantity!: number;
}

class CartRecipientDto implements HandOver {
  /** It may use the cart from now on, and this channel still may. */
  @Optional() @Id('till') readonly channel?: string;
  /** An id of staff or customer, never a name. */
  @Optional() @Id('staff-7') readonly person?: string;
}

export class HandOverCartDto extends CartDto {
  @Nested(() => CartRecipientDto) readonly to!: CartRecipientDto;
}

export class AttachCustomerDto extends CartDto {
  @Id() readonly customerId!: string;
}

export class ReserveCartDto extends CartDto {
  /** When the reservations expire, from now. Default: the reservation time of the channel. */
  @Optional() @Whole(1, MAX_SECONDS, 900) readonly seconds?: number;
}

export class MergeCartsDto extends CartDto {
  /** The cart that is closed by the merge, for example the guest's. */
  @Id() readonly fromCartId!: string;
}

export class CheckOutCartDto extends CartDto {
  /** Id of the order that is placed next, with `cartId` and no lines. */
  @Id() readonly orderId!: string;
}

export class CloseCartDto extends CartDto {
  @Reference('abandoned', harmless('It is about a cart; analysts count it.')) readonly reason!: string;
}
