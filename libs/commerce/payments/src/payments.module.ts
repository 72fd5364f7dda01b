import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CallPaymentProviderHandler } from './write/call-payment-provider.js';

/** For the host that runs processes. Needs a {@link DeciderRunner}, an {@link EventStore} and a {@link PaymentProvider}. */
@Module({ imports: [CqrsModule], providers: [CallPaymentProviderHandler] })
export class PaymentsModule {}
