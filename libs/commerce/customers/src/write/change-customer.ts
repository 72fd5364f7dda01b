import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { type Cause } from '#kernel';
import { checkRegistered, customer, type CustomerCommand, type CustomerEvent } from '../domain/customer.js';
import { type LinkIdentityDto } from './customer.dtos.js';
import { CustomerDigest, IdentityHash } from './identity-hash.js';

/** LinkIdentity as it arrives, to which the handler adds digests of the value. */
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
    private readonly digests: CustomerDigest,
  ) {}

  /** @throws DomainError, StreamNotReadable, OutcomeUnknown */
  async execute({ request, cause }: ChangeCustomer) {
    const command = request.type === 'LinkIdentity' ? await this.withDigests(request) : request;
    return this.deciders.run(customer, command.data.customerId, command, cause);
  }

  /** @throws DomainError `customer-not-found`: an unknown customer gets no key */
  private async withDigests({ data }: LinkIdentityByValue): Promise<CustomerCommand> {
    const { customerId, identityType, value } = data;
    checkRegistered(customerId, await this.deciders.freshState(customer, customerId));
    const digest = await this.digests.digest(customerId, identityType, value);
    return { type: 'LinkIdentity', data: { ...data, digest, formerDigest: this.identities.hash(identityType, value) } };
  }
}
