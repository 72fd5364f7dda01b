/** What happened to goods, and what is known about them. */
import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, NotEquals } from 'class-validator';
import { Id, Instant, LocationId, OneOf, Optional, Reference, Sku, Whole, WholeNotZero } from '#fields';
import { type Disposition, type UnavailableReason } from '../domain/stock-item.js';

export const MOST_UNITS = 10_000_000;

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
  @Whole(1, MOST_UNITS, 3) readonly quantity!: number;
  @Reference('DN-2026-0042/1') readonly ref!: string;
  /** The announcement that arrives with it. */
  @Optional() @Reference('PO-2026-0815') readonly incomingRef?: string;
  /** What was announced beyond this quantity is still to come. */
  @Optional() @IsBoolean() @ApiProperty({ type: Boolean }) readonly incomingRest?: boolean;
  /** Its name in the world, if it has one: told again under it, it is not booked again. */
  @Optional() @Reference('DN-2026-0042/1/box-3') readonly factId?: string;
}

export class RecordStockCountDto extends StockPlaceDto {
  @Id() readonly countId!: string;
  @Whole(0, MOST_UNITS) readonly counted!: number;
  @Instant() readonly asOf!: string;
  /** Grows with every count of the same channel. */
  @Whole(0, Number.MAX_SAFE_INTEGER, 41) readonly sourceSeq!: number;
}

export class AdjustStockDto extends StockPlaceDto {
  @WholeNotZero(-MOST_UNITS, MOST_UNITS) readonly delta!: number;
  @NotEquals('count', { message: 'reason must not be count: send RecordStockCount' })
  @Reference('theft')
  readonly reason!: string;
  @Reference('DN-2026-0042/1') readonly ref!: string;
  /** Its name in the world, if it has one: told again under it, it is not booked again. */
  @Optional() @Reference('DN-2026-0042/1/box-3') readonly factId?: string;
}

export class MarkStockDto extends StockPlaceDto {
  @Whole(1, MOST_UNITS, 3) readonly quantity!: number;
  @OneOf(UNAVAILABLE_REASONS) readonly reason!: UnavailableReason;
  @Reference('DN-2026-0042/1') readonly ref!: string;
}

export class AnnounceIncomingStockDto extends StockPlaceDto {
  @Reference('PO-2026-0815') readonly ref!: string;
  @Whole(1, MOST_UNITS, 3) readonly quantity!: number;
  @Instant() readonly eta!: string;
}

export class ChangeIncomingStockDto extends StockPlaceDto {
  @Reference('PO-2026-0815') readonly ref!: string;
  /** 0: it will not come. */
  @Whole(0, MOST_UNITS) readonly quantity!: number;
  @Instant() readonly eta!: string;
}

export class SetBackorderLimitDto extends StockPlaceDto {
  @Whole(0, MOST_UNITS) readonly limit!: number;
}

export class RecordStoreSaleDto extends StockPlaceDto {
  @Whole(1, MOST_UNITS, 3) readonly quantity!: number;
  @Id() readonly tillId!: string;
  @Id() readonly receiptNo!: string;
  /** Number of the line on the receipt. */
  @Whole(1, MOST_UNITS, 3) readonly line!: number;
}

export class RestockReturnDto extends StockPlaceDto {
  @Whole(1, MOST_UNITS, 3) readonly quantity!: number;
  @Id() readonly returnId!: string;
  @OneOf(DISPOSITIONS) readonly disposition!: Disposition;
  /** Its name in the world, if it has one: told again under it, it is not booked again. */
  @Optional() @Reference('DN-2026-0042/1/box-3') readonly factId?: string;
}
