import { DataSource } from 'typeorm';
import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DecideHandler, DeciderRunner, EventStore, PersonalData } from '#event-store';
import { AvailabilityAdvice } from '#orders';
import { PaymentProvider } from '#payments';
import { workerModules } from '#registry';
import { StockLevels } from '#stock';

@Module({})
class BackingModule {}

@Module({})
class WorkerModule {}

/** The services that the worker has opened. */
interface Opened {
  readonly store: EventStore;
  readonly deciders: DeciderRunner;
  readonly personalData: PersonalData;
  readonly db: DataSource;
  readonly provider: PaymentProvider;
}

/** The command handlers that processes need. */
export const workerModule = ({ store, deciders, personalData, db, provider }: Opened): DynamicModule => ({
  module: WorkerModule,
  imports: [
    {
      module: BackingModule,
      global: true,
      providers: [
        DecideHandler,
        { provide: EventStore, useValue: store },
        { provide: DeciderRunner, useValue: deciders },
        { provide: PersonalData, useValue: personalData },
        { provide: DataSource, useValue: db },
        { provide: AvailabilityAdvice, useValue: new StockLevels(db) },
        { provide: PaymentProvider, useValue: provider },
      ],
      exports: [EventStore, DeciderRunner, PersonalData, DataSource, AvailabilityAdvice, PaymentProvider],
    },
    CqrsModule.forRoot(),
    ...workerModules,
  ],
});
