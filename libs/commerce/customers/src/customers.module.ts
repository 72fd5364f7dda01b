import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ChangeCustomerHandler } from './write/change-customer.js';

/** Needs a {@link DeciderRunner} and an {@link IdentityHash} from the host. */
@Module({ imports: [CqrsModule], providers: [ChangeCustomerHandler] })
export class CustomersModule {}
