import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { OrderTokens } from '#orders';
import { CallPaymentProviderHandler } from './write/call-payment-provider.js';
import { RefundPaymentHandler } from './write/refund-payment.js';

/** For every host that takes commands. Needs a {@link DeciderRunner}. */
@Module({ imports: [CqrsModule], providers: [RefundPaymentHandler] })
export class PaymentCommandsModule {}

/** For the host that runs processes. Needs a {@link DeciderRunner}, an {@link EventStore}, {@link PersonalData} and a {@link PaymentProvider}. */
@Module({ imports: [PaymentCommandsModule, CqrsModule], providers: [CallPaymentProviderHandler, OrderTokens] })
export class PaymentsModule {}
