import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { NetworkModule } from '#network';
import { PlaceOrderHandler } from './write/place-order.js';

/** Needs a {@link DeciderRunner}, an {@link EventStore} and an {@link AvailabilityAdvice} from the host. */
@Module({ imports: [CqrsModule, NetworkModule], providers: [PlaceOrderHandler] })
export class OrdersModule {}
