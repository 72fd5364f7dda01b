/** A customer: stream `customer-<customerId>`; the id is random and is the subject of the personal data. */
import { DomainError, type Decider, type EventDefinitions, type Message } from '#kernel';

/** Personal: stored encrypted under the customer's key. */
export interface CustomerContact {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
}

export interface CustomerDetails {
  readonly contact?: CustomerContact;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  /** BCP 47. */
  readonly locale?: string;
  /** Free facts. Never personal data. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** How sure it is that the identity belongs to the customer. */
export type Proof = 'asserted' | 'verified';

export type CustomerCommand =
  | Message<'RegisterCustomer', { customerId: string } & CustomerDetails>
  /** Given fields replace the old ones; the others stay. */
  | Message<'UpdateCustomer', { customerId: string } & CustomerDetails>
  /** `hash` is made of the identity's value by the command's handler: the value itself is not kept. */
  | Message<'LinkIdentity', { customerId: string; identityType: string; hash: string; proof: Proof }>;

export type CustomerEvent =
  | Message<'CustomerRegistered', CustomerDetails>
  | Message<'CustomerUpdated', CustomerDetails>
  | Message<'IdentityLinked', { identityType: string; hash: string; proof: Proof }>;

interface Customer {
  registered: boolean;
  /** `<type>~<hash>` → the best proof so far. */
  readonly identities: Map<string, Proof>;
}

const decide = (command: CustomerCommand, customer: Readonly<Customer>): CustomerEvent[] => {
  switch (command.type) {
    case 'RegisterCustomer': {
      const { customerId, ...details } = command.data;
      if (!customer.registered) return [{ type: 'CustomerRegistered', data: details }];
      throw new DomainError('customer-exists', `There is a customer ${customerId} already`);
    }
    case 'UpdateCustomer': {
      const { customerId, ...details } = command.data;
      checkRegistered(customerId, customer);
      return saysSomething(details) ? [{ type: 'CustomerUpdated', data: details }] : [];
    }
    case 'LinkIdentity': {
      const { customerId, ...identity } = command.data;
      checkRegistered(customerId, customer);
      const known = customer.identities.get(keyOf(identity));
      return known === identity.proof || known === 'verified' ? [] : [{ type: 'IdentityLinked', data: identity }];
    }
  }
};

const checkRegistered = (customerId: string, { registered }: Customer) => {
  if (!registered) throw new DomainError('customer-not-found', `There is no customer ${customerId}`);
};

const keyOf = ({ identityType, hash }: { identityType: string; hash: string }) => `${identityType}~${hash}`;

const saysSomething = (details: object) => Object.values(details).some((value) => value !== undefined);

const evolve = (customer: Customer, { type, data }: CustomerEvent): Customer => {
  switch (type) {
    case 'CustomerRegistered':
      customer.registered = true;
      return customer;
    case 'CustomerUpdated':
      return customer;
    case 'IdentityLinked':
      customer.identities.set(keyOf(data), data.proof);
      return customer;
  }
};

const decider: Decider<Customer, CustomerCommand, CustomerEvent> = {
  initialState: () => ({ registered: false, identities: new Map() }),
  decide,
  evolve,
};

const personal = ['contact.name', 'contact.email', 'contact.phone'];

const events: EventDefinitions<CustomerEvent> = {
  CustomerRegistered: { version: 1, personal, first: true },
  CustomerUpdated: { version: 1, personal },
  IdentityLinked: { version: 1 },
};

const creates: CustomerCommand['type'][] = ['RegisterCustomer'];

export const customer = { category: 'customer', decider, events, creates };
