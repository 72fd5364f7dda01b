import { contract, plain, type CommandContract } from '#event-store';
import { ChangeCustomer } from './change-customer.js';
import { CustomerDto, LinkIdentityDto } from './customer.dtos.js';

const customerCommand = (
  type: ChangeCustomer['request']['type'],
  summary: string,
  dto: new () => CustomerDto | LinkIdentityDto,
) =>
  contract<CustomerDto | LinkIdentityDto>({
    name: type,
    summary,
    dto,
    scope: 'customers:write',
    stream: ({ customerId }) => `customer-${customerId}`,
    message: (body, cause) => new ChangeCustomer({ type, data: plain(body) } as ChangeCustomer['request'], cause),
    subject: ({ customerId }) => customerId,
  });

export const customerCommands: readonly CommandContract[] = [
  customerCommand('RegisterCustomer', 'Registers a customer.', CustomerDto),
  customerCommand('UpdateCustomer', 'Replaces the given fields of a customer and leaves the others.', CustomerDto),
  customerCommand('LinkIdentity', 'Links another identity to a customer.', LinkIdentityDto),
];
