/** The port to a keyed digest: finds an identity again without keeping its value. */
export abstract class IdentityHash {
  /** The same text for the same value, however it is typed. */
  abstract hash(identityType: string, value: string): string;
}
