import { capability, conflict, missing, WITHHELD } from '#capability';
import { commandNotes } from './command-notes.js';
import { CustomersModule } from './customers.module.js';
import { customer } from './domain/customer.js';
import { customerBiViews } from './read/bi-views.js';
import { customerSchema } from './read/customer-360.js';
import { CustomerContacts } from './read/customer-contacts.js';
import { customerProfile } from './read/customer.projection.js';
import { Customers } from './read/customers.js';
import { customerCommands } from './write/customer-commands.js';

export const customersCapability = capability('customers', {
  streams: [customer],
  commands: customerCommands,
  commandNotes,
  processCommands: {},
  readModels: [customerProfile],
  views: customerBiViews,
  ownScopes: ['customers:write'],
  feed: {
    customer: { scope: 'customers:read', audience: 'its-channel' },
  },
  modules: { api: CustomersModule },
  answers: { Customer: customerSchema },
  queries: [Customers, CustomerContacts],
  published: {
    topic: 'kontor.customers.v1',
    events: {
      CustomerRegistered: 1,
      CustomerUpdated: 1,
      IdentityLinked: WITHHELD,
    },
  },
  problems: {
    'customer-not-found': missing('The customer is not registered: send RegisterCustomer first.'),
    'customer-exists': conflict('There is already a customer with this id.'),
  },
});
