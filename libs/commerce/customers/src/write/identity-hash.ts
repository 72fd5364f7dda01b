/** Port to the digest that earlier releases stored, keyed by one key for all customers. */
export abstract class IdentityHash {
  /** @returns the same digest for every spelling of the same value */
  abstract hash(identityType: string, value: string): string;
}

/** Port to a digest that is keyed by the key of one customer, so that it says nothing once the customer is erased. */
export abstract class CustomerDigest {
  /** @returns the same digest for every spelling of the same value, and another one for another customer */
  abstract digest(customerId: string, identityType: string, value: string): Promise<string>;
}
