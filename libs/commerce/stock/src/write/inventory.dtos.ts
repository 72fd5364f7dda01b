/** Bodies of the commands about the goods themselves. */
import {
  DOCUMENT_NUMBER,
  Flag,
  harmless,
  Id,
  Instant,
  LocationId,
  Not,
  OneOf,
  Optional,
  Reference,
  Sku,
  Whole,
  WholeNotZero,
} from '#fields';
import { type Disposition, type UnavailableReason } from '../domain/stock-item.js';

export const MAX_UNITS = 10_000_000;

const UNAVAILABLE_REASONS: readonly UnavailableReason[] = [
  'damaged',
  'quality-control',
  'display',
  'quarantine',
  'other',
];
const DISPOSITIONS: readonly Disposition[] = ['restock', 'refurbish', 'damaged'];

export class StockItemDto {
  @Sku() readonly sku!: string;
  @LocationId() readonly locationId!: string;
}

export class ReceiveStockDto extends StockItemDto {
  @Whole(1, MAX_UNITS, 3) readonly quantity!: number;
  @Reference('DN-2026-0042/1', DOCUMENT_NUMBER) readonly ref!: string;
  /** Reference of the announcement under which the goods were received. */
  @Optional() @Reference('PO-2026-0815', DOCUMENT_NUMBER) readonly incomingRef?: string;
  /** Whether the rest of the announced quantity is still to come; otherwise the announcement ends. */
  @Optional() @Flag() readonly incomingRest?: boolean;
  /** The identity of the fact in the outside world, if it has one: under it, the fact is booked once. */
  @Optional() @Reference('DN-2026-0042/1/box-3', DOCUMENT_NUMBER) readonly factId?: string;
}

export class RecordStockCountDto extends StockItemDto {
  @Id() readonly countId!: string;
  @Whole(0, MAX_UNITS) readonly counted!: number;
  @Instant() readonly asOf!: string;
  /** Increases with every count of the same channel. */
  @Whole(0, Number.MAX_SAFE_INTEGER, 41) readonly sourceSeq!: number;
}

export class AdjustStockDto extends StockItemDto {
  @WholeNotZero(-MAX_UNITS, MAX_UNITS) readonly delta!: number;
  @Not('count', 'reason must not be count: send RecordStockCount')
  @Reference('theft', harmless('It is about goods; analysts count it.'))
  readonly reason!: string;
  @Reference('DN-2026-0042/1', DOCUMENT_NUMBER) readonly ref!: string;
  /** The identity of the fact in the outside world, if it has one: under it, the fact is booked once. */
  @Optional() @Reference('DN-2026-0042/1/box-3', DOCUMENT_NUMBER) readonly factId?: string;
}

export class MarkStockDto extends StockItemDto {
  @Whole(1, MAX_UNITS, 3) readonly quantity!: number;
  @OneOf(UNAVAILABLE_REASONS) readonly reason!: UnavailableReason;
  @Reference('DN-2026-0042/1', DOCUMENT_NUMBER) readonly ref!: string;
}

export class AnnounceIncomingStockDto extends StockItemDto {
  @Reference('PO-2026-0815', DOCUMENT_NUMBER) readonly ref!: string;
  @Whole(1, MAX_UNITS, 3) readonly quantity!: number;
  @Instant() readonly eta!: string;
}

export class ChangeIncomingStockDto extends StockItemDto {
  @Reference('PO-2026-0815', DOCUMENT_NUMBER) readonly ref!: string;
  /** 0 cancels the announcement. */
  @Whole(0, MAX_UNITS) readonly quantity!: number;
  @Instant() readonly eta!: string;
}

export class SetBackorderLimitDto extends StockItemDto {
  @Whole(0, MAX_UNITS) readonly limit!: number;
}

export class RecordStoreSaleDto extends StockItemDto {
  @Whole(1, MAX_UNITS, 3) readonly quantity!: number;
  @Id() readonly tillId!: string;
  @Id() readonly receiptNo!: string;
  /** Number of the line on the receipt. */
  @Whole(1, MAX_UNITS, 3) readonly line!: number;
}

export class RestockReturnDto extends StockItemDto {
  @Whole(1, MAX_UNITS, 3) readonly quantity!: number;
  @Id() readonly returnId!: string;
  @OneOf(DISPOSITIONS) readonly disposition!: Disposition;
  /** The identity of the fact in the outside world, if it has one: under it, the fact is booked once. */
  @Optional() @Reference('DN-2026-0042/1/box-3', DOCUMENT_NUMBER) readonly factId?: string;
}
