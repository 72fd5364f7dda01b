import {
  Attributes,
  ChargeDto,
  Currency,
  DOCUMENT_NUMBER,
  GoodsDto,
  Id,
  LocationId,
  Nested,
  NestedList,
  OneOf,
  Optional,
  Reference,
} from '#fields';
import { type ReturnLine } from '../domain/recorded-return.js';

const DISPOSITIONS: readonly ReturnLine['disposition'][] = ['restock', 'refurbish', 'damaged', 'missing'];

class OriginalLineDto {
  @Id() readonly orderId!: string;
  @Id('1') readonly lineId!: string;
}

class ReturnLineDto extends GoodsDto {
  /** Where the goods arrived. */
  @LocationId() readonly locationId!: string;
  @OneOf(DISPOSITIONS) readonly disposition!: ReturnLine['disposition'];
  /** The order line in which the goods were sold, if known. */
  @Optional() @Nested(() => OriginalLineDto) readonly original?: OriginalLineDto;
}

export class RecordReturnDto {
  @Id() readonly returnId!: string;
  @Optional() @Reference('R-100042', DOCUMENT_NUMBER) readonly externalRef?: string;
  @Optional() @Id() readonly customerId?: string;
  @Currency() readonly currency!: string;
  @NestedList(() => ReturnLineDto, 0, 2000) readonly lines!: ReturnLineDto[];
  /** Money besides the goods. Negative amounts go to the buyer. */
  @NestedList(() => ChargeDto, 0, 200) readonly credits: ChargeDto[] = [];
  @Optional() @Attributes() readonly attributes?: Record<string, string>;
}
