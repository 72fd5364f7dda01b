/** Orders as channels send them. */
import {
  Attributes,
  ChargeDto,
  ContactDto,
  Country,
  Currency,
  FreeText,
  FreeTexts,
  GoodsDto,
  Id,
  Locale,
  LocationId,
  MOST_UNITS,
  Nested,
  NestedList,
  OneOf,
  Optional,
  Reference,
  Whole,
} from '#fields';
import { type LineQuantity, type Method } from '../domain/order-messages.js';

const METHODS: readonly Method[] = ['ship', 'pickup', 'carry-out'];

export class OrderLineDto extends GoodsDto {
  /** As sold. */
  @Optional() @FreeText(500, 'T-shirt, red, M') readonly title?: string;
  @OneOf(METHODS) readonly method!: Method;
  /** Required for pickup and carry-out, and in recorded orders. */
  @Optional() @LocationId() readonly locationId?: string;
}

export class AddressDto {
  @FreeTexts(6, 200, ['1 High Street']) readonly lines!: string[];
  @Optional() @FreeText(20, 'EH1 1AA') readonly postalCode?: string;
  @Optional() @FreeText(200, 'Edinburgh') readonly city?: string;
}

class OrderDto {
  @Id() readonly orderId!: string;
  /** The channel's own number. */
  @Optional() @Reference('W-100042') readonly externalRef?: string;
  /** A registered customer; absent for guests. */
  @Optional() @Id() readonly customerId?: string;
  @Optional() @Locale() readonly locale?: string;
  @Optional() @Nested(() => ContactDto) readonly contact?: ContactDto;
  @Optional() @Nested(() => AddressDto) readonly shipTo?: AddressDto;
  @Optional() @Country() readonly country?: string;
  @NestedList(() => ChargeDto, 0, 200) readonly charges: ChargeDto[] = [];
  @Optional() @Attributes() readonly attributes?: Record<string, string>;
}

export class PlaceOrderDto extends OrderDto {
  /** The channel's, which is also the default. */
  @Optional() @Currency() readonly currency?: string;
  @NestedList(() => OrderLineDto, 0, 1000) readonly lines!: OrderLineDto[];
}

export class RecordOrderDto extends OrderDto {
  @Currency() readonly currency!: string;
  @NestedList(() => OrderLineDto, 0, 2000) readonly lines!: OrderLineDto[];
}

export class ReleaseOrderHoldDto {
  @Id() readonly orderId!: string;
  @Id('fraud-check') readonly holdId!: string;
}

export class HoldOrderDto extends ReleaseOrderHoldDto {
  @FreeText(500, 'Address could not be verified') readonly reason!: string;
}

class LineQuantityDto implements LineQuantity {
  @Id('1') readonly lineId!: string;
  @Whole(1, MOST_UNITS, 1) readonly quantity!: number;
}

export class CancelOrderLinesDto {
  @Id() readonly orderId!: string;
  @NestedList(() => LineQuantityDto, 1, 1000) readonly lines!: LineQuantityDto[];
  @FreeText(500, 'Changed my mind') readonly reason!: string;
}
