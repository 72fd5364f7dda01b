export * from './domain/customer.js';
export { ChangeCustomer } from './write/change-customer.js';
export { CustomerDigest, IdentityHash } from './write/identity-hash.js';
export * from './read/index.js';
export { customersCapability } from './customers.capability.js';
