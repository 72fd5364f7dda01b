import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { NetworkModule } from '#network';
import { ChangeStockHandler } from './write/change-stock.js';

/** Needs a {@link DeciderRunner} and an {@link EventStore} from the host. */
@Module({ imports: [CqrsModule, NetworkModule], providers: [ChangeStockHandler] })
export class StockModule {}
