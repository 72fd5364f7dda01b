import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { RequestReturnHandler } from './write/request-return.js';

/** Needs a {@link DeciderRunner} and an {@link EventStore} from the host. */
@Module({ imports: [CqrsModule], providers: [RequestReturnHandler] })
export class ReturnsModule {}
