/** A customer: stream `customer-<customerId>`. The id is random and is the subject of the personal data. */
import { DomainError, type Decider, type EventDefinitions, type Message } from '#kernel';

/** Personal data, sealed under the customer's key. */
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
  /** Any facts, but no personal data. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Whether the identity was only asserted to belong to the customer, or verified. */
export type Proof = 'asserted' | 'verified';

export type CustomerCommand =
  | Message<'RegisterCustomer', { customerId: string } & CustomerDetails>
  /** Replaces the given fields and leaves the others. */
  | Message<'UpdateCustomer', { customerId: string } & CustomerDetails>
  /** The command handler replaces the value of the identity by `hash`; the value is never stored. */
  | Message<'LinkIdentity', { customerId: string; identityType: string; hash: string; proof: Proof }>;

export type CustomerEvent =
  | Message<'CustomerRegistered', CustomerDetails>
  | Message<'CustomerUpdated', CustomerDetails>
  | Message<'IdentityLinked', { identityType: string; hash: string; proof: Proof }>;

interface Customer {
  registered: boolean;
  /** `<type>~<hash>` → the strongest proof so far. */
  readonly identities: Map<string, Proof>;
}

const decide = (command: CustomerCommand, customer: Readonly<Customer>): CustomerEvent[] => {
  switch (command.type) {
    case 'RegisterCustomer': {
      const { customerId, ...details } = command.data;
      if (!customer.registered) return [{ type: 'CustomerRegistered', data: details }];
      throw new DomainError('customer-exists', `There is already a customer ${customerId}`);
    }
    case 'UpdateCustomer': {
      const { customerId, ...details } = command.data;
      checkRegistered(customerId, customer);
      return hasFields(details) ? [{ type: 'CustomerUpdated', data: details }] : [];
    }
    case 'LinkIdentity': {
      const { customerId, ...identity } = command.data;
      checkRegistered(customerId, customer);
      const known = customer.identities.get(identityKey(identity));
      return known === identity.proof || known === 'verified' ? [] : [{ type: 'IdentityLinked', data: identity }];
    }
  }
};

const checkRegistered = (customerId: string, { registered }: Customer) => {
  if (!registered) throw new DomainError('customer-not-found', `There is no customer ${customerId}`);
};

const identityKey = ({ identityType, hash }: { identityType: string; hash: string }) => `${identityType}~${hash}`;

const hasFields = (details: object) => Object.values(details).some((value) => value !== undefined);

const evolve = (customer: Customer, { type, data }: CustomerEvent): Customer => {
  switch (type) {
    case 'CustomerRegistered':
      customer.registered = true;
      return customer;
    case 'CustomerUpdated':
      return customer;
    case 'IdentityLinked':
      customer.identities.set(identityKey(data), data.proof);
      return customer;
  }
};

const decider: Decider<Customer, CustomerCommand, CustomerEvent> = {
  initialState: () => ({ registered: false, identities: new Map() }),
  decide,
  evolve,
};

const personal = { account: ['contact.name', 'contact.email', 'contact.phone'] };

const events: EventDefinitions<CustomerEvent> = {
  CustomerRegistered: { version: 1, personal, first: true },
  CustomerUpdated: { version: 1, personal },
  IdentityLinked: { version: 1 },
};

const creates: CustomerCommand['type'][] = ['RegisterCustomer'];

export const customer = { category: 'customer', decider, events, creates };
