import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { NetworkModule } from '#network';
import { ChangeReturnAtLocationHandler } from './write/change-return-at-location.js';
import { RequestReturnHandler } from './write/request-return.js';

/** Needs a {@link DeciderRunner} and an {@link EventStore} from the host. */
@Module({ imports: [CqrsModule, NetworkModule], providers: [RequestReturnHandler, ChangeReturnAtLocationHandler] })
export class ReturnsModule {}
