import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';

/** Command handlers of this capability that do more than decide. */
@Module({ imports: [CqrsModule] })
export class FulfillmentModule {}
