import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DeciderRunner, EventStore } from '#event-store';
import { NetworkModule } from '#network';
import { AvailabilityAdvice, OrdersModule } from '#orders';
import { StockModule } from '#stock';

@Module({})
class BackingModule {}

@Module({})
class WorkerModule {}

/** The command handlers that processes need, on what the worker has opened. */
export const workerModule = (
  store: EventStore,
  deciders: DeciderRunner,
  advice: AvailabilityAdvice,
): DynamicModule => ({
  module: WorkerModule,
  imports: [
    {
      module: BackingModule,
      global: true,
      providers: [
        { provide: EventStore, useValue: store },
        { provide: DeciderRunner, useValue: deciders },
        { provide: AvailabilityAdvice, useValue: advice },
      ],
      exports: [EventStore, DeciderRunner, AvailabilityAdvice],
    },
    CqrsModule.forRoot(),
    NetworkModule,
    StockModule,
    OrdersModule,
  ],
});
