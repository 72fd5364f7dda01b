import { DataSource } from 'typeorm';
import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CartsModule } from '#carts';
import { DecideHandler, DeciderRunner, EventStore } from '#event-store';
import { FulfillmentModule } from '#fulfillment';
import { NetworkModule } from '#network';
import { AvailabilityAdvice, OrdersModule } from '#orders';
import { PaymentProvider, PaymentsModule } from '#payments';
import { ReturnsModule } from '#returns';
import { SourcingModule } from '#sourcing';
import { StockLevels, StockModule } from '#stock';
import { VouchersModule } from '#vouchers';

@Module({})
class BackingModule {}

@Module({})
class WorkerModule {}

/** The command handlers that processes need, on what the worker has opened. */
export const workerModule = (
  store: EventStore,
  deciders: DeciderRunner,
  db: DataSource,
  provider: PaymentProvider,
): DynamicModule => ({
  module: WorkerModule,
  imports: [
    {
      module: BackingModule,
      global: true,
      providers: [
        DecideHandler,
        { provide: EventStore, useValue: store },
        { provide: DeciderRunner, useValue: deciders },
        { provide: DataSource, useValue: db },
        { provide: AvailabilityAdvice, useValue: new StockLevels(db) },
        { provide: PaymentProvider, useValue: provider },
      ],
      exports: [EventStore, DeciderRunner, DataSource, AvailabilityAdvice, PaymentProvider],
    },
    CqrsModule.forRoot(),
    NetworkModule,
    StockModule,
    OrdersModule,
    PaymentsModule,
    VouchersModule,
    SourcingModule,
    FulfillmentModule,
    CartsModule,
    ReturnsModule,
  ],
});
