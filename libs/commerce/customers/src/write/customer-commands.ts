import { type CommandContract } from '#event-store';
import { ChangeCustomer } from './change-customer.js';
import { CustomerDto, LinkIdentityDto } from './customer.dtos.js';

const contract = (
  type: ChangeCustomer['request']['type'],
  summary: string,
  dto: new () => CustomerDto | LinkIdentityDto,
): CommandContract => {
  const typed: CommandContract<CustomerDto | LinkIdentityDto> = {
    name: type,
    summary,
    dto,
    scope: 'customers:write',
    stream: ({ customerId }) => `customer-${customerId}`,
    message: (body, cause) => new ChangeCustomer({ type, data: plain(body) } as ChangeCustomer['request'], cause),
    subject: ({ customerId }) => customerId,
  };
  return typed as unknown as CommandContract; // whoever calls it has made the body an instance of `dto`
};

/** Without instances of classes, and without what was left out. */
const plain = (body: object): unknown => JSON.parse(JSON.stringify(body));

export const customerCommands: readonly CommandContract[] = [
  contract('RegisterCustomer', 'Makes a customer known.', CustomerDto),
  contract('UpdateCustomer', 'Replaces the fields that are given; the others stay.', CustomerDto),
  contract('LinkIdentity', 'Says by what else the customer is known: only a digest of it is kept.', LinkIdentityDto),
];
