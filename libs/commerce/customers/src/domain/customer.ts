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

export interface LinkedIdentity {
  readonly identityType: string;
  /**
   * A digest of the value, keyed by the customer's own key: it says nothing once the customer is erased. Events of version 1 have
   * a digest under a key of all customers instead.
   */
  readonly digest: string;
  /** The digest of version 1, where the identity was linked before under that one; this event replaces it. */
  readonly formerDigest?: string;
  /** Sealed. Events of version 1 have none. */
  readonly value?: string;
  readonly proof: Proof;
}

export type CustomerCommand =
  | Message<'RegisterCustomer', { customerId: string } & CustomerDetails>
  /** Replaces the given fields and leaves the others. */
  | Message<'UpdateCustomer', { customerId: string } & CustomerDetails>
  /** The command handler adds the digests: see {@link LinkedIdentity}. */
  | Message<'LinkIdentity', { customerId: string; formerDigest: string } & Required<LinkedIdentity>>;

export type CustomerEvent =
  | Message<'CustomerRegistered', CustomerDetails>
  | Message<'CustomerUpdated', CustomerDetails>
  | Message<'IdentityLinked', LinkedIdentity>;

interface Customer {
  registered: boolean;
  /** `<type>~<digest>` → the strongest proof so far. */
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
      const { customerId, formerDigest, ...identity } = command.data;
      checkRegistered(customerId, customer);
      const formerProof = customer.identities.get(formerIdentityKey({ ...identity, formerDigest }));
      const knownProof = formerProof ?? customer.identities.get(identityKey(identity));
      if (knownProof === identity.proof || knownProof === 'verified') return [];
      return [{ type: 'IdentityLinked', data: { ...identity, ...(formerProof && { formerDigest }) } }];
    }
  }
};

/** @throws DomainError `customer-not-found` */
export const checkRegistered = (customerId: string, { registered }: Pick<Customer, 'registered'>): void => {
  if (!registered) throw new DomainError('customer-not-found', `There is no customer ${customerId}`);
};

/** @returns `<type>~<digest>` */
export const identityKey = ({ identityType, digest }: Pick<LinkedIdentity, 'identityType' | 'digest'>): string =>
  `${identityType}~${digest}`;

/** @returns the {@link identityKey} that the identity had in version 1 */
export const formerIdentityKey = ({
  identityType,
  formerDigest = '',
}: Pick<LinkedIdentity, 'identityType' | 'formerDigest'>) => identityKey({ identityType, digest: formerDigest });

const hasFields = (details: object) => Object.values(details).some((value) => value !== undefined);

const evolve = (customer: Customer, { type, data }: CustomerEvent): Customer => {
  switch (type) {
    case 'CustomerRegistered':
      customer.registered = true;
      return customer;
    case 'CustomerUpdated':
      return customer;
    case 'IdentityLinked':
      customer.identities.delete(formerIdentityKey(data));
      customer.identities.set(identityKey(data), data.proof);
      return customer;
  }
};

const decider: Decider<Customer, CustomerCommand, CustomerEvent> = {
  initialState: () => ({ registered: false, identities: new Map() }),
  decide,
  evolve,
};

const upcastIdentityLinkedV1 = ({ hash, ...data }: { readonly hash?: string }) => ({ ...data, digest: hash });

const personal = { account: ['contact.name', 'contact.email', 'contact.phone'] };

const events: EventDefinitions<CustomerEvent> = {
  CustomerRegistered: { version: 1, personal, first: true },
  CustomerUpdated: { version: 1, personal },
  IdentityLinked: { version: 2, upcast: { 1: upcastIdentityLinkedV1 }, personal: { account: ['value'] } },
};

const creates: CustomerCommand['type'][] = ['RegisterCustomer'];

export const customer = { category: 'customer', decider, events, creates };
