import { createHash, createHmac, randomBytes } from 'node:crypto';

/** The parts of `kontor_<environment>_<keyId>_<random>`. */
export interface KeyParts {
  readonly environment: string;
  /** Not secret. Identifies the key in lists, logs and `cause.actor`. */
  readonly keyId: string;
  /** 32 random bytes, base64url. */
  readonly random: string;
}

const FORMAT = /^kontor_([a-z0-9]{1,16})_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

export const parseKey = (secret: string): KeyParts | undefined => {
  const [, environment, keyId, random] = FORMAT.exec(secret) ?? [];
  return environment && keyId && random ? { environment, keyId, random } : undefined;
};

export const formatKey = ({ environment, keyId, random }: KeyParts) => `kontor_${environment}_${keyId}_${random}`;

export const newKey = (environment: string): KeyParts => ({
  environment,
  keyId: randomBytes(8).toString('hex'),
  random: randomBytes(32).toString('base64url'),
});

/** @returns the digest that is stored. The random part has 256 bits, so a slow hash would add no protection. */
export const hashOf = ({ random }: KeyParts) => createHash('sha256').update(random).digest();

/**
 * Derives the key that signs messages which do not carry the secret, as in Kafka. The holder derives it from the secret, and
 * Kontor from the stored hash. Neither the secret nor the hash can be computed from it.
 */
export const signingKeyOf = (hash: Buffer) => createHmac('sha256', hash).update('kontor.commands.v1').digest();

/** @returns what the holder of a key needs to sign. @throws Error if the text is not an API key */
export const signerOf = (secret: string) => {
  const parts = parseKey(secret);
  if (!parts) throw new Error('This is not an API key');
  return { keyId: parts.keyId, signingKey: signingKeyOf(hashOf(parts)) };
};
