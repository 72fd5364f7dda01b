export { CustomerContacts } from './customer-contacts.js';
export { type Customer360 } from './customer-360.js';
export { Customers } from './customers.js';
