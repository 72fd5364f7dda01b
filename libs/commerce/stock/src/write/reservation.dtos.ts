/** Promises: what is held for whom, and how that ends. */
import { Id, Instant, Nested, OneOf, Optional, Reference, Whole } from '#fields';
import { type ReservationKind, type ReservationOwner } from '../domain/stock-item.js';
import { MOST_UNITS, StockPlaceDto } from './fact.dtos.js';

class ReservationOwnerDto implements ReservationOwner {
  @OneOf(['order', 'cart']) readonly type!: 'order' | 'cart';
  @Id() readonly id!: string;
}

/** Any command that needs the reservation only. */
export class ReservationDto extends StockPlaceDto {
  @Id() readonly reservationId!: string;
}

export class ReserveStockDto extends ReservationDto {
  @Whole(1, MOST_UNITS, 3) readonly quantity!: number;
  @OneOf(['soft', 'hard']) readonly kind!: ReservationKind;
  @Nested(() => ReservationOwnerDto) readonly owner!: ReservationOwnerDto;
  /** For soft reservations; by default the channel's time to live. */
  @Optional() @Instant() readonly expiresAt?: string;
  /** When the goods are promised for: backorders are filled in this order, then by age. */
  @Optional() @Instant() readonly promisedFor?: string;
}

export class ExtendReservationDto extends ReservationDto {
  @Instant() readonly expiresAt!: string;
}

export class ReduceReservationDto extends ReservationDto {
  @Whole(1, MOST_UNITS, 3) readonly by!: number;
}

export class ReleaseReservationDto extends ReservationDto {
  @Reference('cancelled') readonly reason!: string;
}

export class ConsumeReservationDto extends ReservationDto {
  /** The shipment or hand-over. */
  @Reference('parcel-1') readonly ref!: string;
  /** All of it unless said otherwise; the reservation goes on with the rest. */
  @Optional() @Whole(1, MOST_UNITS, 3) readonly quantity?: number;
}
