import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { type SealedValue } from '#event-store';
import { randomIv } from './random-iv.js';
import { type SubjectKey } from './subject-keys.js';

/**
 * An encrypted value in an event: AES-256-GCM over its JSON, with bytes as base64url. Version 1 is encrypted under the key of the
 * subject, version 2 under a key that is derived from it for this one field, so that the key of one field can be given away.
 */
export type Sealed = SealedByFieldKey | SealedBySubjectKey;

interface SealedBySubjectKey extends SealedValue {
  readonly v: 1;
}

interface SealedByFieldKey extends SealedValue {
  readonly v: 2;
  /** The commitment to the key of the field: GCM alone lets one ciphertext be opened to different texts by different keys. */
  readonly c: string;
}

/** The place of a value. A sealed value that was copied to another place cannot be opened. */
export type FieldPlace = readonly [stream: string, eventId: string, path: string];

const placeText = (place: FieldPlace) => place.join('|');

/**
 * HKDF-Expand to one block (RFC 5869, 2.3; the key of a subject is random, so it needs no extraction).
 * @returns the 32 bytes that {@link openField} needs for this one field, and that open no other
 */
export const fieldKeyOf = ({ key }: SubjectKey, place: FieldPlace): Buffer =>
  createHmac('sha256', key)
    .update(`kontor field 2|${placeText(place)}\u0001`)
    .digest();

const COMMITMENT = Buffer.from('kontor commitment');
const commitmentTo = (fieldKey: Buffer) => hash('sha256', Buffer.concat([COMMITMENT, fieldKey]), 'base64url');

export const sealValue = (key: SubjectKey, value: unknown, place: FieldPlace): SealedByFieldKey => {
  const iv = randomIv();
  const fieldKey = fieldKeyOf(key, place);
  // A KeyObject is three times as fast as its bytes.
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(fieldKey), iv).setAAD(Buffer.from(placeText(place)));
  const ct = cipher.update(JSON.stringify(value), 'utf8', 'base64url') + cipher.final('base64url');
  const tag = cipher.getAuthTag().toString('base64url');
  return { k: key.keyId, v: 2, iv: iv.toString('base64url'), ct, tag, c: commitmentTo(fieldKey) };
};

/** @throws Error if the value was altered or copied from another place, or is of a later version */
export const openValue = (key: SubjectKey, value: SealedValue, place: FieldPlace): unknown => {
  const sealed = value as Sealed;
  switch (sealed.v) {
    case 1:
      return decrypt(key.key, sealed, place);
    case 2:
      return openField(fieldKeyOf(key, place), sealed, place);
    default:
      throw new Error(`A sealed value has version ${value.v}, which this release cannot open`);
  }
};

/**
 * Opens one field without the key of its subject.
 * @throws Error if the value was altered, copied from another place, or sealed under another key
 */
export const openField = (fieldKey: Buffer, sealed: SealedByFieldKey, place: FieldPlace): unknown => {
  if (commitmentTo(fieldKey) !== sealed.c)
    throw new Error('Unable to authenticate data: it was sealed under another key');
  return decrypt(createSecretKey(fieldKey), sealed, place);
};

const decrypt = (key: KeyObject, { iv, ct, tag }: SealedValue, place: FieldPlace): unknown => {
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), { authTagLength: 16 })
    .setAAD(Buffer.from(placeText(place)))
    .setAuthTag(Buffer.from(tag, 'base64url'));
  return JSON.parse(decipher.update(ct, 'base64url', 'utf8') + decipher.final('utf8'));
};
