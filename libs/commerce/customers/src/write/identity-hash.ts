/** Port to a keyed digest, by which an identity is found without its value being stored. */
export abstract class IdentityHash {
  /** @returns the same digest for every spelling of the same value */
  abstract hash(identityType: string, value: string): string;
}
