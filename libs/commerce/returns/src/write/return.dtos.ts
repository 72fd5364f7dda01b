import {
  Currency,
  Id,
  Kind,
  LocationId,
  MAX_UNITS,
  Nested,
  NestedList,
  OneOf,
  Optional,
  Sku,
  UnitPriceDto,
  Whole,
  Yes,
} from '#fields';
import { type Disposition, DISPOSITIONS, REFUND_TO, type RefundTo, type ReturnFee } from '../domain/return-messages.js';

const FEE_KINDS: readonly ReturnFee['kind'][] = ['restocking', 'return-shipping', 'other'];

class LineQuantityDto {
  @Id('1') readonly lineId!: string;
  @Whole(1, MAX_UNITS, 1) readonly quantity!: number;
}

class RequestedLineDto extends LineQuantityDto {
  /** Needed with the unit price if the return has no order. */
  @Optional() @Sku() readonly sku?: string;
  @Optional() @Nested(() => UnitPriceDto) readonly unitPrice?: UnitPriceDto;
}

class ReceivedLineDto extends LineQuantityDto {
  /** Needed if the return has no such line. */
  @Optional() @Sku() readonly sku?: string;
}

class InspectedItemDto extends ReceivedLineDto {
  @OneOf(DISPOSITIONS) readonly disposition!: Disposition;
}

class ReturnFeeDto {
  @OneOf(FEE_KINDS) readonly kind!: ReturnFee['kind'];
  /** Minor units. */
  @Whole(0, Number.MAX_SAFE_INTEGER, 495) readonly amount!: number;
}

class OfReturnDto {
  @Id() readonly returnId!: string;
}

export class RequestReturnDto extends OfReturnDto {
  /** Absent for a blind return, whose lines need SKU and unit price. */
  @Optional() @Id() readonly orderId?: string;
  @Optional() @Id() readonly customerId?: string;
  /** Needed if the return has no order. */
  @Optional() @Currency() readonly currency?: string;
  @NestedList(() => RequestedLineDto, 1, 1000) readonly lines!: RequestedLineDto[];
  /** `claim`: a refund without goods. */
  @Kind('too-small') readonly reason!: string;
  @OneOf(REFUND_TO) readonly refundTo!: RefundTo;
  /** Deducted from the refund. */
  @Optional() @NestedList(() => ReturnFeeDto, 0, 10) readonly fees?: ReturnFeeDto[];
  /** Whether the units' share of the order's shipping and fees is refunded as well. */
  @Optional() @Yes() readonly refundShipping?: true;
  @Optional() @Yes() readonly needsApproval?: true;
}

export class ApproveReturnDto extends OfReturnDto {
  /** Default: all requested units. */
  @Optional() @NestedList(() => LineQuantityDto, 1, 1000) readonly lines?: LineQuantityDto[];
}

export class DeclineReturnDto extends OfReturnDto {
  @Kind('too-late') readonly reason!: string;
}

export class ReceiveReturnDto extends OfReturnDto {
  @LocationId() readonly locationId!: string;
  @NestedList(() => ReceivedLineDto, 1, 1000) readonly lines!: ReceivedLineDto[];
}

export class InspectReturnDto extends OfReturnDto {
  /** Where the goods are. */
  @LocationId() readonly locationId!: string;
  @NestedList(() => InspectedItemDto, 1, 1000) readonly items!: InspectedItemDto[];
  @Optional() @NestedList(() => ReturnFeeDto, 0, 10) readonly fees?: ReturnFeeDto[];
}

export class ExchangeReturnDto extends OfReturnDto {
  /** The order to be paid with the store credit. */
  @Id() readonly newOrderId!: string;
}

export class RetryReturnRefundDto extends OfReturnDto {}

export class PayOutReturnDto extends OfReturnDto {
  @LocationId() readonly locationId!: string;
}

export class CloseReturnDto extends OfReturnDto {}
