export { CustomerContacts } from './customer-contacts.js';
export { Customers, type Amounts, type Customer360 } from './customers.js';
