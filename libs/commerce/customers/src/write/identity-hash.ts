/** Port to a keyed digest, by which an identity is found without its value being stored. */
export abstract class IdentityHash {
  /** @returns the same digest for every spelling of the same value */
  abstract hash(identityType: string, value: string): string;
}

/** Port to a digest that is keyed by the key of one customer, so that it says nothing once the customer is erased. */
export abstract class CustomerDigest {
  /** @returns the same digest for every spelling of the same value, and another one for another customer */
  abstract digest(customerId: string, identityType: string, value: string): Promise<string>;
}
