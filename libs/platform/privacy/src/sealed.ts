import { createCipheriv, createDecipheriv } from 'node:crypto';
import { randomIv } from './random-iv.js';
import { type SubjectKey } from './subject-keys.js';

/** An encrypted value in an event: AES-256-GCM over its JSON, with bytes as base64url. */
export interface Sealed {
  /** Key id. */
  readonly k: string;
  /** Version of this format. */
  readonly v: 1;
  readonly iv: string;
  readonly ct: string;
  readonly tag: string;
}

/** The place of a value. A sealed value that was copied to another place cannot be opened. */
export type FieldPlace = readonly [stream: string, eventId: string, path: string];

const aad = (place: FieldPlace) => Buffer.from(place.join('|'));

export const isSealed = (value: unknown): value is Sealed => {
  if (typeof value !== 'object' || value === null) return false;
  const { k, v, iv, ct, tag } = value as Readonly<Record<string, unknown>>;
  return v === 1 && [k, iv, ct, tag].every((part) => typeof part === 'string');
};

export const sealValue = ({ keyId, key }: SubjectKey, value: unknown, place: FieldPlace): Sealed => {
  const iv = randomIv();
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad(place));
  const ct = cipher.update(JSON.stringify(value), 'utf8', 'base64url') + cipher.final('base64url');
  return { k: keyId, v: 1, iv: iv.toString('base64url'), ct, tag: cipher.getAuthTag().toString('base64url') };
};

/** @throws Error if the value was altered or copied from another place */
export const openValue = (key: SubjectKey, { iv, ct, tag }: Sealed, place: FieldPlace): unknown => {
  const decipher = createDecipheriv('aes-256-gcm', key.key, Buffer.from(iv, 'base64url'), { authTagLength: 16 })
    .setAAD(aad(place))
    .setAuthTag(Buffer.from(tag, 'base64url'));
  return JSON.parse(decipher.update(ct, 'base64url', 'utf8') + decipher.final('utf8'));
};
