/** What happened to goods, and what is known about them. */
import { ApiProperty } from '@nestjs/swagger';
import { IsInt, Max, Min, NotEquals } from 'class-validator';
import { type Disposition, type UnavailableReason } from '../domain/stock-item.js';
import { Id, Instant, LocationId, MOST_UNITS, OneOf, Optional, Quantity, Ref, Sku } from './fields.js';

const UNAVAILABLE_REASONS: readonly UnavailableReason[] = [
  'damaged',
  'quality-control',
  'display',
  'quarantine',
  'other',
];
const DISPOSITIONS: readonly Disposition[] = ['restock', 'refurbish', 'damaged'];

export class StockPlaceDto {
  @Sku() readonly sku!: string;
  @LocationId() readonly locationId!: string;
}

export class ReceiveStockDto extends StockPlaceDto {
  @Quantity() readonly quantity!: number;
  @Ref() readonly ref!: string;
  /** The announcement that arrives with it. */
  @Optional() @Ref() readonly incomingRef?: string;
}

export class RecordStockCountDto extends StockPlaceDto {
  @Id() readonly countId!: string;
  @Quantity(0) readonly counted!: number;
  @Instant() readonly asOf!: string;
  /** Grows with every count of the same channel. */
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  @ApiProperty({ type: 'integer', minimum: 0, example: 41 })
  readonly sourceSeq!: number;
}

export class AdjustStockDto extends StockPlaceDto {
  @NotEquals(0) @Quantity(-MOST_UNITS) readonly delta!: number;
  @NotEquals('count', { message: 'reason must not be count: send RecordStockCount' }) @Ref() readonly reason!: string;
  @Ref() readonly ref!: string;
}

export class MarkStockDto extends StockPlaceDto {
  @Quantity() readonly quantity!: number;
  @OneOf(UNAVAILABLE_REASONS) readonly reason!: UnavailableReason;
  @Ref() readonly ref!: string;
}

export class AnnounceIncomingStockDto extends StockPlaceDto {
  @Ref() readonly ref!: string;
  @Quantity() readonly quantity!: number;
  @Instant() readonly eta!: string;
}

export class ChangeIncomingStockDto extends StockPlaceDto {
  @Ref() readonly ref!: string;
  /** 0: it will not come. */
  @Quantity(0) readonly quantity!: number;
  @Instant() readonly eta!: string;
}

export class SetBackorderLimitDto extends StockPlaceDto {
  @Quantity(0) readonly limit!: number;
}

export class RecordStoreSaleDto extends StockPlaceDto {
  @Quantity() readonly quantity!: number;
  @Id() readonly tillId!: string;
  @Id() readonly receiptNo!: string;
  /** Number of the line on the receipt. */
  @Quantity() readonly line!: number;
}

export class RestockReturnDto extends StockPlaceDto {
  @Quantity() readonly quantity!: number;
  @Id() readonly returnId!: string;
  @OneOf(DISPOSITIONS) readonly disposition!: Disposition;
}
