import {
  ABOUT_A_PERSON,
  Attributes,
  ChargeDto,
  CODE_OR_NOTE,
  ContactDto,
  Country,
  Currency,
  Degrees,
  digested,
  DOCUMENT_NUMBER,
  FreeText,
  FreeTexts,
  GoodsDto,
  harmless,
  Id,
  IssuedCode,
  Locale,
  LocationId,
  MAX_UNITS,
  Nested,
  NestedList,
  OneOf,
  Optional,
  Reference,
  sealed,
  Whole,
  Yes,
} from '#fields';
import {
  type CapturePolicy,
  type LineQuantity,
  METHODS,
  type Method,
  type ApproximatePosition,
  type Tender,
} from '../domain/order-messages.js';

const CAPTURES: readonly CapturePolicy[] = ['now', 'on-shipping'];
const TENDERS: readonly Tender['kind'][] = [
  'card',
  'wallet',
  'bank-transfer',
  'gift-card',
  'store-credit',
  'voucher',
  'cash',
  'terminal',
];

export class OrderLineDto extends GoodsDto {
  /** The title under which it was sold. */
  @Optional()
  @FreeText(500, 'T-shirt, red, M', harmless('The name under which goods are sold.'))
  readonly title?: string;
  @OneOf(METHODS) readonly method!: Method;
  /** Required for pickup and carry-out, and in recorded orders. */
  @Optional() @LocationId() readonly locationId?: string;
}

export class AddressDto {
  @FreeTexts({ maxItems: 6, maxLength: 200, example: ['1 High Street'] }, ABOUT_A_PERSON) readonly lines!: string[];
  @Optional() @FreeText(20, 'EH1 1AA', ABOUT_A_PERSON) readonly postalCode?: string;
  @Optional() @FreeText(200, 'Edinburgh', ABOUT_A_PERSON) readonly city?: string;
}

/** Where the goods go. */
export class NearDto implements ApproximatePosition {
  @Degrees(90, 51.5) readonly latitude!: number;
  @Degrees(180, -0.1) readonly longitude!: number;
}

class OrderDto {
  @Id() readonly orderId!: string;
  /** The channel's own number. */
  @Optional() @Reference('W-100042', DOCUMENT_NUMBER) readonly externalRef?: string;
  /** A registered customer; absent for guests. */
  @Optional() @Id() readonly customerId?: string;
  @Optional() @Locale() readonly locale?: string;
  @Optional() @Nested(() => ContactDto) readonly contact?: ContactDto;
  @Optional() @Nested(() => AddressDto) readonly shipTo?: AddressDto;
  @Optional() @Country() readonly country?: string;
  @NestedList(() => ChargeDto, 0, 200) readonly charges: ChargeDto[] = [];
  @Optional() @Attributes() readonly attributes?: Record<string, string>;
}

/** One means of payment for one amount. A card is named by the payment provider's token, never by its number. */
export class TenderDto implements Tender {
  @Id('card') readonly tenderId!: string;
  /** `cash` and `terminal` have been taken at a till already. */
  @OneOf(TENDERS) readonly kind!: Tender['kind'];
  /** Minor units. */
  @Whole(1, Number.MAX_SAFE_INTEGER, 1999) readonly amount!: number;
  /** The payment provider's token. */
  @Optional()
  @FreeText(200, 'tok_visa', sealed('Anyone who has the token can charge the card.'))
  readonly token?: string;
  /** The code of the gift card or voucher. Only a keyed digest of it is stored. */
  @Optional()
  @IssuedCode('7KQW-9M2X-HTDA-44VZ', digested('Anyone who knows the code can spend the money.'))
  readonly code?: string;
  /** A return whose store credit pays. By default, the store credit of the order's customer does. */
  @Optional() @Id() readonly returnId?: string;
}

export class PlaceOrderDto extends OrderDto {
  /** Where the goods go, for sourcing by distance. Stored to a tenth of a degree, not encrypted. */
  @Optional() @Nested(() => NearDto) readonly near?: NearDto;
  /** Must be the currency of the channel, which is the default. */
  @Optional() @Currency() readonly currency?: string;
  /** May be left out if `cartId` names a cart with lines. */
  @NestedList(() => OrderLineDto, 0, 1000) readonly lines: OrderLineDto[] = [];
  /** Their sum is the total, unless the rest is paid later. Left out if the order is not paid through Kontor. */
  @Optional() @NestedList(() => TenderDto, 0, 20) readonly tenders?: TenderDto[];
  /** Default `on-shipping`. */
  @Optional() @OneOf(CAPTURES) readonly capture?: CapturePolicy;
  /** The amount that the tenders do not cover is paid at pickup or later. */
  @Optional() @Yes() readonly payLater?: true;
  /** A cart that was checked out for this order: its lines and reservations are taken over. */
  @Optional() @Id(null) readonly cartId?: string;
}

export class PayOrderDto {
  @Id() readonly orderId!: string;
  @NestedList(() => TenderDto, 1, 20) readonly tenders!: TenderDto[];
}

export class DiscardOrderEditDto {
  @Id() readonly orderId!: string;
  @Id('edit-1') readonly editId!: string;
}

export class ApplyOrderEditDto extends DiscardOrderEditDto {
  /** Tenders for the difference. The rest stays due until `PayOrder`. */
  @Optional() @NestedList(() => TenderDto, 0, 20) readonly tenders?: TenderDto[];
}

export class RecordOrderDto extends OrderDto {
  @Currency() readonly currency!: string;
  @NestedList(() => OrderLineDto, 0, 2000) readonly lines!: OrderLineDto[];
}

class OrderHoldDto {
  @Id() readonly orderId!: string;
  @Id('fraud-check') readonly holdId!: string;
}

export class ReleaseOrderHoldDto extends OrderHoldDto {
  @Optional() @FreeText(500, 'The buyer has paid by bank transfer', CODE_OR_NOTE) readonly reason?: string;
}

export class HoldOrderDto extends OrderHoldDto {
  @FreeText(500, 'Address could not be verified', CODE_OR_NOTE) readonly reason!: string;
}

class LineQuantityDto implements LineQuantity {
  @Id('1') readonly lineId!: string;
  @Whole(1, MAX_UNITS, 1) readonly quantity!: number;
}

export class ProposeOrderEditDto extends DiscardOrderEditDto {
  @NestedList(() => OrderLineDto, 0, 1000) readonly add: OrderLineDto[] = [];
  @NestedList(() => LineQuantityDto, 0, 1000) readonly remove: LineQuantityDto[] = [];
}

export class CancelOrderLinesDto {
  @Id() readonly orderId!: string;
  @NestedList(() => LineQuantityDto, 1, 1000) readonly lines!: LineQuantityDto[];
  @FreeText(500, 'Changed my mind', CODE_OR_NOTE) readonly reason!: string;
}
