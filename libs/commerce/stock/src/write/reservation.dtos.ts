/** Bodies of the commands about reservations. */
import { DOCUMENT_NUMBER, harmless, Id, Instant, Nested, OneOf, Optional, Reference, Whole } from '#fields';
import { type ReservationKind, type ReservationOwner } from '../domain/stock-item.js';
import { MAX_UNITS, StockItemDto } from './inventory.dtos.js';

class ReservationOwnerDto implements ReservationOwner {
  @OneOf(['order', 'cart']) readonly type!: 'order' | 'cart';
  @Id() readonly id!: string;
}

export class ReservationDto extends StockItemDto {
  @Id() readonly reservationId!: string;
}

export class ReserveStockDto extends ReservationDto {
  @Whole(1, MAX_UNITS, 3) readonly quantity!: number;
  @OneOf(['soft', 'hard']) readonly kind!: ReservationKind;
  @Nested(() => ReservationOwnerDto) readonly owner!: ReservationOwnerDto;
  /** For soft reservations. Default: now plus the reservation time of the channel. */
  @Optional() @Instant() readonly expiresAt?: string;
  /** The date that the goods are promised for: backorders are filled by this date, then by age. */
  @Optional() @Instant() readonly promisedFor?: string;
}

export class ExtendReservationDto extends ReservationDto {
  @Instant() readonly expiresAt!: string;
}

export class ReduceReservationDto extends ReservationDto {
  @Whole(1, MAX_UNITS, 3) readonly by!: number;
}

export class ReleaseReservationDto extends ReservationDto {
  @Reference('cancelled', harmless('It is about goods; analysts count it.')) readonly reason!: string;
}

export class ConsumeReservationDto extends ReservationDto {
  /** Reference of the shipment or hand-over. */
  @Reference('parcel-1', DOCUMENT_NUMBER) readonly ref!: string;
  /** Default: all units. The reservation continues with the others. */
  @Optional() @Whole(1, MAX_UNITS, 3) readonly quantity?: number;
}
