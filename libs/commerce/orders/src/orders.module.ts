import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { NetworkModule } from '#network';
import { ChannelTermsReader } from './write/channel-terms.js';
import { OrderContents } from './write/order-contents.js';
import { PlaceOrderHandler } from './write/place-order.js';
import { ProposeOrderEditHandler } from './write/propose-order-edit.js';
import { ReplanFulfillmentHandler } from './write/replan-fulfillment.js';

/** Needs a {@link DeciderRunner}, an {@link EventStore} and a {@link Sourcing} from the host. */
@Module({
  imports: [CqrsModule, NetworkModule],
  providers: [ChannelTermsReader, OrderContents, PlaceOrderHandler, ProposeOrderEditHandler, ReplanFulfillmentHandler],
})
export class OrdersModule {}
