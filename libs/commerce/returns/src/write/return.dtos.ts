/** Returns with a life of their own. */
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

const FEES: readonly ReturnFee['kind'][] = ['restocking', 'return-shipping', 'other'];

class UnitsOfLineDto {
  @Id('1') readonly lineId!: string;
  @Whole(1, MAX_UNITS, 1) readonly quantity!: number;
}

class RequestedLineDto extends UnitsOfLineDto {
  /** Of a return without an order, as the unit price. */
  @Optional() @Sku() readonly sku?: string;
  @Optional() @Nested(() => UnitPriceDto) readonly unitPrice?: UnitPriceDto;
}

class ArrivedLineDto extends UnitsOfLineDto {
  /** Where the return has no such line. */
  @Optional() @Sku() readonly sku?: string;
}

class InspectedItemDto extends ArrivedLineDto {
  @OneOf(DISPOSITIONS) readonly disposition!: Disposition;
}

class ReturnFeeDto {
  @OneOf(FEES) readonly kind!: ReturnFee['kind'];
  /** Minor units. */
  @Whole(0, Number.MAX_SAFE_INTEGER, 495) readonly amount!: number;
}

class OfReturnDto {
  @Id() readonly returnId!: string;
}

export class RequestReturnDto extends OfReturnDto {
  /** None: a blind return, whose lines say sku and unit price. */
  @Optional() @Id() readonly orderId?: string;
  @Optional() @Id() readonly customerId?: string;
  /** Of a return without an order. */
  @Optional() @Currency() readonly currency?: string;
  @NestedList(() => RequestedLineDto, 1, 1000) readonly lines!: RequestedLineDto[];
  /** `claim`: to be refunded without goods. */
  @Kind('too-small') readonly reason!: string;
  @OneOf(REFUND_TO) readonly refundTo!: RefundTo;
  /** Kept back from the refund. */
  @Optional() @NestedList(() => ReturnFeeDto, 0, 10) readonly fees?: ReturnFeeDto[];
  /** With the units' share of shipping and fees. */
  @Optional() @Yes() readonly refundShipping?: true;
  @Optional() @Yes() readonly needsApproval?: true;
}

export class ApproveReturnDto extends OfReturnDto {
  /** Default: all that was asked for. */
  @Optional() @NestedList(() => UnitsOfLineDto, 1, 1000) readonly lines?: UnitsOfLineDto[];
}

export class DeclineReturnDto extends OfReturnDto {
  @Kind('too-late') readonly reason!: string;
}

export class ReceiveReturnDto extends OfReturnDto {
  @LocationId() readonly locationId!: string;
  @NestedList(() => ArrivedLineDto, 1, 1000) readonly lines!: ArrivedLineDto[];
}

export class InspectReturnDto extends OfReturnDto {
  /** Where the goods are. */
  @LocationId() readonly locationId!: string;
  @NestedList(() => InspectedItemDto, 1, 1000) readonly items!: InspectedItemDto[];
  @Optional() @NestedList(() => ReturnFeeDto, 0, 10) readonly fees?: ReturnFeeDto[];
}

export class ExchangeReturnDto extends OfReturnDto {
  /** The order that is paid with the store credit. */
  @Id() readonly newOrderId!: string;
}

export class RetryReturnRefundDto extends OfReturnDto {}

export class PayOutReturnDto extends OfReturnDto {
  @LocationId() readonly locationId!: string;
}

export class CloseReturnDto extends OfReturnDto {}
