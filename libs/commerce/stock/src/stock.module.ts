import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { NetworkModule } from '#network';
import { Kits } from '#orders';
import { KitDirectory } from './read/kit-directory.js';
import { ChangeKitHandler } from './write/change-kit.js';
import { ChangeStockHandler } from './write/change-stock.js';

/**
 * Orders ask it what kits are made of, so it is everywhere. Needs a {@link DeciderRunner} and an {@link EventStore} from the
 * host, which also runs {@link KitDirectory} as a consumer.
 */
@Global()
@Module({
  imports: [CqrsModule, NetworkModule],
  providers: [ChangeStockHandler, ChangeKitHandler, KitDirectory, { provide: Kits, useExisting: KitDirectory }],
  exports: [KitDirectory, Kits],
})
export class StockModule {}
