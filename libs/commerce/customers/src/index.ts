export * from './domain/customer.js';
export { ChangeCustomer } from './write/change-customer.js';
export { customerCommands } from './write/customer-commands.js';
export { IdentityHash } from './write/identity-hash.js';
export { CustomersModule } from './customers.module.js';
export * from './read/index.js';
