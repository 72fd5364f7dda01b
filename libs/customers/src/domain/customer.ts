/** A customer: stream `customer-<customerId>`; the id is random and is the subject of the personal data. */
import { type Message } from '#kernel';

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
