/** Promises: what is held for whom, and how that ends. */
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, ValidateNested } from 'class-validator';
import { type ReservationKind, type ReservationOwner } from '../domain/stock-item.js';
import { StockPlaceDto } from './fact.dtos.js';
import { Id, Instant, OneOf, Optional, Quantity, Ref } from './fields.js';

class ReservationOwnerDto implements ReservationOwner {
  @OneOf(['order', 'cart']) readonly type!: 'order' | 'cart';
  @Id() readonly id!: string;
}

/** Any command that needs the reservation only. */
export class ReservationDto extends StockPlaceDto {
  @Id() readonly reservationId!: string;
}

export class ReserveStockDto extends ReservationDto {
  @Quantity() readonly quantity!: number;
  @OneOf(['soft', 'hard']) readonly kind!: ReservationKind;
  @IsObject()
  @ValidateNested()
  @Type(() => ReservationOwnerDto)
  @ApiProperty({ type: ReservationOwnerDto })
  readonly owner!: ReservationOwnerDto;
  /** For soft reservations; by default the channel's time to live. */
  @Optional() @Instant() readonly expiresAt?: string;
}

export class ExtendReservationDto extends ReservationDto {
  @Instant() readonly expiresAt!: string;
}

export class ReduceReservationDto extends ReservationDto {
  @Quantity() readonly by!: number;
}

export class ReleaseReservationDto extends ReservationDto {
  @Ref() readonly reason!: string;
}

export class ConsumeReservationDto extends ReservationDto {
  /** The shipment or hand-over. */
  @Ref() readonly ref!: string;
}
