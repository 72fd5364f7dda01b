import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { AccessGuard, ApiKeys, KeyWatch } from '#access';
import { DecideHandler, EventStore } from '#event-store';
import { MetricsRegistry } from '#host/service';
import { apiModules, commands, queries, StreamOwnership } from '#registry';
import { Batch } from './commands/batch.js';
import { CommandRegistry } from './commands/command-registry.js';
import { CommandsController } from './commands/commands.controller.js';
import { Gateway } from './commands/gateway.js';
import { RecentKeys } from './commands/recent-keys.js';
import { PagesController } from './docs/pages.controller.js';
import { FeedController } from './feed/feed.controller.js';
import { Feed } from './feed/feed.js';
import { ParametersGuard } from './http/parameters.guard.js';
import { RateGuard } from './http/rate.guard.js';
import { CommandMetrics } from './operations/command-metrics.js';
import { consumers } from './operations/consumers.js';
import { KafkaCommandHandler } from './kafka-commands/kafka-command-handler.js';
import { KafkaCommands } from './kafka-commands/kafka-commands.js';
import { HealthController } from './operations/health.controller.js';
import { KeysController } from './operations/keys.controller.js';
import { MetricsController } from './operations/metrics.controller.js';
import { Readiness } from './operations/readiness.js';
import { StatusController } from './operations/status.controller.js';
import { Status } from './operations/status.js';
import { AvailabilityController } from './reads/availability.controller.js';
import { CartsController } from './reads/carts.controller.js';
import { CustomersController } from './reads/customers.controller.js';
import { FulfillmentsController } from './reads/fulfillments.controller.js';
import { TenderCodes } from './commands/tender-codes.js';
import { InstrumentsController } from './reads/instruments.controller.js';
import { NetworkController } from './reads/network.controller.js';
import { OrdersController } from './reads/orders.controller.js';
import { PaymentsController } from './reads/payments.controller.js';
import { ReturnsController } from './reads/returns.controller.js';
import { StockController } from './reads/stock.controller.js';
import { WrongCodes } from './reads/wrong-codes.js';
import { PaymentWebhooksController } from './webhooks/payment-webhooks.controller.js';

export const controllers: readonly Type[] = [
  CommandsController,
  AvailabilityController,
  StockController,
  OrdersController,
  FulfillmentsController,
  ReturnsController,
  PaymentsController,
  PaymentWebhooksController,
  CustomersController,
  InstrumentsController,
  CartsController,
  NetworkController,
  FeedController,
  StatusController,
  KeysController,
  HealthController,
  MetricsController,
  PagesController,
];

@Module({})
export class ApiModule {
  /** @param backing provides the services that capabilities need from their host */
  static on(backing: DynamicModule, metrics: MetricsRegistry): DynamicModule {
    return {
      module: ApiModule,
      imports: [backing, CqrsModule, ...apiModules],
      controllers: [...controllers],
      providers: [
        ...queries,
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_GUARD, useClass: RateGuard },
        { provide: APP_GUARD, useClass: ParametersGuard },
        { provide: CommandRegistry, useValue: new CommandRegistry(commands) },
        { provide: MetricsRegistry, useValue: metrics },
        Batch,
        CommandMetrics,
        KafkaCommandHandler,
        KafkaCommands,
        consumers,
        DecideHandler,
        Feed,
        { provide: KeyWatch, inject: [ApiKeys], useFactory: (keys: ApiKeys) => new KeyWatch(keys) },
        Gateway,
        RecentKeys,
        {
          provide: StreamOwnership,
          inject: [EventStore],
          useFactory: (store: EventStore) => new StreamOwnership(store),
        },
        Readiness,
        Status,
        TenderCodes,
        WrongCodes,
      ],
    };
  }
}
