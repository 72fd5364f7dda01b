import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { NetworkModule } from '#network';
import { ChangeOrderHandler, RecordFactHandler } from './write/change-order.js';
import { PlaceOrderHandler } from './write/place-order.js';

/** Needs a {@link DeciderRunner}, an {@link EventStore} and an {@link AvailabilityAdvice} from the host. */
@Module({
  imports: [CqrsModule, NetworkModule],
  providers: [ChangeOrderHandler, PlaceOrderHandler, RecordFactHandler],
})
export class OrdersModule {}
