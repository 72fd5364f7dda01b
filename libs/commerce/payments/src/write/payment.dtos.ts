import { CODE_OR_NOTE, FreeText, Id, Optional, Whole } from '#fields';

const MAX_AMOUNT = 999_999_999_999;

class OperationDto {
  @Id('order-1.card') readonly paymentId!: string;
  /** Your id for the operation. An operation that is sent again with the same id is not carried out twice. */
  @Id('parcel-1') readonly operationId!: string;
}

export class CapturePaymentDto extends OperationDto {
  /** Minor units. */
  @Whole(1, MAX_AMOUNT, 2499) readonly amount!: number;
}

export class VoidPaymentDto extends OperationDto {
  /** Minor units. Default: all that is left. */
  @Optional() @Whole(1, MAX_AMOUNT, 2499) readonly amount?: number;
}

export class RefundPaymentDto extends OperationDto {
  /** Minor units. */
  @Whole(1, MAX_AMOUNT, 2499) readonly amount!: number;
  @FreeText(200, 'goodwill', CODE_OR_NOTE) readonly reason!: string;
}
