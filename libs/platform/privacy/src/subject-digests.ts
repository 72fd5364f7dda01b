import { createHmac } from 'node:crypto';
import { normalizeEmail, normalizePhone, normalizeReference } from '#kernel';
import { type SubjectKeys } from './subject-keys.js';

/** Digests that are keyed by the key of one subject: they say nothing once the subject is erased. */
export class SubjectDigests {
  constructor(private readonly keys: SubjectKeys) {}

  /** @returns the digest of an identity such as an e-mail address, the same for all its spellings */
  async digest(subject: string, type: string, value: string): Promise<string> {
    const { key } = await this.keys.keyFor(subject, 'account');
    return createHmac('sha256', key)
      .update(`kontor identity|${type}\0${normalizeIdentity(type, value)}`)
      .digest('base64url');
  }
}

const normalizeIdentity = (type: string, value: string) => {
  if (type === 'email') return normalizeEmail(value);
  return type === 'phone' ? normalizePhone(value) : normalizeReference(value);
};
