import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { NetworkModule } from '#network';
import { CartContents } from '#orders';
import { ChangeCartHandler } from './write/change-cart.js';
import { PlaceOrderFromTemplateHandler } from './write/place-order-from-template.js';
import { StreamCarts } from './write/stream-carts.js';

/** Command handlers of this capability that do more than decide. Global: orders ask it what is in a cart. */
@Global()
@Module({
  imports: [CqrsModule, NetworkModule],
  providers: [ChangeCartHandler, PlaceOrderFromTemplateHandler, { provide: CartContents, useClass: StreamCarts }],
  exports: [CartContents],
})
export class CartsModule {}
