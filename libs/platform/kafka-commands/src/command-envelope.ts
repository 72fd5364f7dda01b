import { createHmac, timingSafeEqual } from 'node:crypto';

/** The headers of a command in Kafka: the attributes of CloudEvents 1.0 in binary mode, and the signature. */
const HEADERS = {
  /** Idempotency key. */
  id: 'ce_id',
  /** Name of the command. */
  type: 'ce_type',
  /** When it happened in the business, ISO 8601. */
  time: 'ce_time',
  /** Id of the channel on whose behalf it is sent. */
  source: 'ce_source',
  correlationId: 'ce_correlationid',
  traceparent: 'traceparent',
  /** Id of the API key that the signature is made with. */
  keyId: 'kontor-key-id',
  signature: 'kontor-signature',
} as const;

type Attribute = keyof typeof HEADERS;
export type CommandEnvelope = { readonly [name in Attribute]?: string };

/** Headers as kafkajs has them: a list where a header was given more than once. */
export type KafkaHeaders = Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;

/** The attributes that the signature covers, in its order: all that decide what the command does. */
const SIGNED: readonly Attribute[] = ['id', 'type', 'time', 'source', 'correlationId'];
const VERSION = 'v1,';
// eslint-disable-next-line no-control-regex -- with control characters two envelopes could have the same signed text
const CONTROL_CHARACTER = /[\x00-\x1f\x7f]/;
const MAX_HEADER_LENGTH = 1_000;

/** @returns undefined where a header is given twice, is too long or has control characters, so that it cannot be trusted */
export const readEnvelope = (headers: KafkaHeaders): CommandEnvelope | undefined => {
  const envelope: Partial<Record<Attribute, string>> = {};
  for (const [attribute, header] of Object.entries(HEADERS) as [Attribute, string][]) {
    const value = headers[header];
    if (value === undefined) continue;
    if (Array.isArray(value)) return undefined;
    const text = value.toString();
    if (text.length > MAX_HEADER_LENGTH || CONTROL_CHARACTER.test(text)) return undefined;
    if (text !== '') envelope[attribute] = text;
  }
  return envelope;
};

export const headersOf = (envelope: CommandEnvelope): Record<string, string> => {
  const headers: Record<string, string> = { ce_specversion: '1.0', 'content-type': 'application/json' };
  for (const [attribute, header] of Object.entries(HEADERS) as [Attribute, string][]) {
    const value = envelope[attribute];
    if (value !== undefined) headers[header] = value;
  }
  return headers;
};

/** HMAC-SHA-256 over a line for each signed attribute, which is empty where the attribute is absent, and the body. */
const digest = (signingKey: Buffer, envelope: CommandEnvelope, body: Buffer) =>
  createHmac('sha256', signingKey)
    .update(`kontor-command-v1\n${SIGNED.map((name) => `${envelope[name] ?? ''}\n`).join('')}`)
    .update(body)
    .digest();

/** The value of the header `kontor-signature`: `v1,<base64>`. */
export const signatureOf = (signingKey: Buffer, envelope: CommandEnvelope, body: Buffer): string =>
  VERSION + digest(signingKey, envelope, body).toString('base64');

export const isSignedWith = (signingKey: Buffer, envelope: CommandEnvelope, body: Buffer): boolean => {
  const { signature = '' } = envelope;
  if (!signature.startsWith(VERSION)) return false;
  const given = Buffer.from(signature.slice(VERSION.length), 'base64');
  const expected = digest(signingKey, envelope, body);
  return given.length === expected.length && timingSafeEqual(given, expected);
};
