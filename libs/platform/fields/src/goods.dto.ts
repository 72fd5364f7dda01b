import { Attributes, FreeText, Id, Nested, OneOf, Optional, Sku, Whole, WholeNotZero } from './fields.js';
import { harmless } from './stored-text.js';

const CHARGES = ['shipping', 'fee', 'manual', 'discount', 'samples', 'gift-card', 'adjustment'] as const;

export const MAX_UNITS = 1_000_000;

/** Price of one unit: `amount × 10^-scale` of the currency. */
export class UnitPriceDto {
  @Whole(0, Number.MAX_SAFE_INTEGER, 1999) readonly amount!: number;
  @Whole(0, 6, 2) readonly scale!: number;
}

/** As a unit price, but may be negative. */
export class SignedPriceDto {
  @Whole(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 495) readonly amount!: number;
  @Whole(0, 6, 2) readonly scale!: number;
}

/** What every line of goods says, on orders and returns. */
export class GoodsDto {
  /** Unique in the document; the channel's own line number will do. */
  @Id('1') readonly lineId!: string;
  @Sku() readonly sku!: string;
  @Whole(1, MAX_UNITS, 2) readonly quantity!: number;
  @Nested(() => UnitPriceDto) readonly unitPrice!: UnitPriceDto;
  @Optional() @Attributes() readonly attributes?: Record<string, string>;
}

/** Money that is not goods. */
export class ChargeDto {
  @Id('shipping') readonly chargeId!: string;
  @OneOf(CHARGES) readonly kind!: (typeof CHARGES)[number];
  @WholeNotZero(-MAX_UNITS, MAX_UNITS) readonly quantity!: number;
  @Nested(() => SignedPriceDto) readonly unitPrice!: SignedPriceDto;
  @Optional()
  @FreeText(500, 'Standard delivery', harmless('The name of a charge, which analysts read.'))
  readonly title?: string;
  @Optional() @Attributes() readonly attributes?: Record<string, string>;
}
