import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { type Cause } from '#kernel';
import { customer, type CustomerCommand, type CustomerEvent } from '../domain/customer.js';
import { type LinkIdentityDto } from './customer.dtos.js';
import { IdentityHash } from './identity-hash.js';

/** LinkIdentity as it arrives, with the value that the handler replaces by a digest. */
interface LinkIdentityByValue {
  readonly type: 'LinkIdentity';
  readonly data: Readonly<LinkIdentityDto>;
}

type ChangeRequest = Exclude<CustomerCommand, { type: 'LinkIdentity' }> | LinkIdentityByValue;

export class ChangeCustomer extends Command<Outcome<CustomerEvent>> {
  constructor(
    readonly request: ChangeRequest,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(ChangeCustomer)
export class ChangeCustomerHandler implements ICommandHandler<ChangeCustomer> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly identities: IdentityHash,
  ) {}

  execute({ request, cause }: ChangeCustomer) {
    const command = request.type === 'LinkIdentity' ? this.digest(request) : request;
    return this.deciders.run(customer, command.data.customerId, command, cause);
  }

  private digest({ data: { value, ...data } }: LinkIdentityByValue): CustomerCommand {
    return { type: 'LinkIdentity', data: { ...data, hash: this.identities.hash(data.identityType, value) } };
  }
}
