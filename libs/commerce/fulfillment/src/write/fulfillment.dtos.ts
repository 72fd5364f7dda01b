/** Bodies of the commands that locations send. */
import {
  FreeText,
  harmless,
  Id,
  Instant,
  IssuedCode,
  LocationId,
  NestedList,
  OneOf,
  Optional,
  Reference,
  sealed,
  Whole,
} from '#fields';
import { type LineQuantity, type RefusalReason } from '../domain/fulfillment-messages.js';

/** All but `timeout`, which only the timer gives. */
const REFUSAL_REASONS: readonly RefusalReason[] = ['not-found', 'damaged', 'no-capacity', 'closed', 'other'];

class LineQuantityDto implements LineQuantity {
  @Id('1') readonly lineId!: string;
  @Whole(1, 1_000_000, 1) readonly quantity!: number;
}

const LineList = () => NestedList(() => LineQuantityDto, 1, 1000);

class FulfillmentDto {
  @Id() readonly fulfillmentId!: string;
}

export class AtLocationDto extends FulfillmentDto {
  /** The location that acts. It must be the one that does this step. */
  @LocationId() readonly locationId!: string;
}

export class RejectFulfillmentDto extends AtLocationDto {
  /** All units that are not packed, if left out. */
  @Optional() @LineList() readonly lines?: LineQuantityDto[];
  /** `not-found` and `damaged` correct the stock. */
  @OneOf(REFUSAL_REASONS) readonly reason!: RefusalReason;
  @Optional() @FreeText(500, 'The shelf is empty', sealed('Staff may write about a buyer.')) readonly note?: string;
}

export class PickItemsDto extends AtLocationDto {
  @LineList() readonly lines!: LineQuantityDto[];
}

export class ReportShortPickDto extends PickItemsDto {
  /** `not-found` and `damaged` correct the stock. */
  @OneOf(REFUSAL_REASONS) readonly reason!: RefusalReason;
}

export class PackParcelDto extends PickItemsDto {
  /** Unique in the fulfillment order. */
  @Id('P-1') readonly parcelId!: string;
}

export class ShipParcelDto extends AtLocationDto {
  @Id('P-1') readonly parcelId!: string;
  @Reference('royal-mail', harmless('The name of a company.')) readonly carrier!: string;
  /** The carrier's number. */
  @Optional()
  @IssuedCode('AB123456789GB', harmless('The number of a parcel, by which carriers and people look for it.'))
  readonly tracking?: string;
}

export class RecordDeliveryDto extends FulfillmentDto {
  @Id('P-1') readonly parcelId!: string;
}

export class LeaveShipmentDto extends AtLocationDto {
  @Id() readonly shipmentId!: string;
}

export class MarkReadyForPickupDto extends AtLocationDto {
  /** Seven days from now, if left out. */
  @Optional() @Instant() readonly until?: string;
}

export class HandOverDto extends AtLocationDto {
  /** All units that are there, if left out. */
  @Optional() @LineList() readonly lines?: LineQuantityDto[];
  /** How the buyers proved that the goods are theirs, for example with a code. Never personal data. */
  @FreeText(128, 'code 4711', sealed('It may identify the person who collected the goods.')) readonly proof!: string;
}
