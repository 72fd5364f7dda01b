import { Global, Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DeciderRunner, EventStore } from '#event-store';
import { NetworkModule } from '#network';
import { OrdersModule } from '#orders';
import { StockModule } from '#stock';

@Global()
@Module({})
class BackingModule {}

@Module({})
class WorkerModule {}

/** The command handlers that processes need, on what the worker has opened. */
export const workerModule = (store: EventStore, deciders: DeciderRunner): DynamicModule => ({
  module: WorkerModule,
  imports: [
    {
      module: BackingModule,
      providers: [
        { provide: EventStore, useValue: store },
        { provide: DeciderRunner, useValue: deciders },
      ],
      exports: [EventStore, DeciderRunner],
    },
    CqrsModule.forRoot(),
    NetworkModule,
    StockModule,
    OrdersModule,
  ],
});
