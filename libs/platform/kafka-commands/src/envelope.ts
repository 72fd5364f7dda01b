import { createHmac, timingSafeEqual } from 'node:crypto';

/** Header → attribute of a command in Kafka: CloudEvents 1.0, binary mode, and who has signed it. */
const HEADERS = {
  /** Idempotency key. */
  id: 'ce_id',
  /** Name of the command. */
  type: 'ce_type',
  /** When it happened for the business. */
  time: 'ce_time',
  /** The channel it comes from. */
  source: 'ce_source',
  correlationId: 'ce_correlationid',
  traceparent: 'traceparent',
  keyId: 'kontor-key-id',
  signature: 'kontor-signature',
} as const;

type Attribute = keyof typeof HEADERS;
export type Envelope = { readonly [name in Attribute]?: string };

/** What Kafka holds for a header; a list when it was given more than once. */
export type Headers = Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;

/** In this order. What is not signed says nothing about what is to happen. */
const SIGNED: readonly Attribute[] = ['id', 'type', 'time', 'source', 'correlationId'];
const VERSION = 'v1,';
// eslint-disable-next-line no-control-regex -- they would make two envelopes look alike to the signature
const CONTROL = /[\x00-\x1f\x7f]/;
const LONGEST = 1_000;

/** Undefined when a header is there twice, is too long or has control characters: then it is nobody's word. */
export const readEnvelope = (headers: Headers): Envelope | undefined => {
  const envelope: Partial<Record<Attribute, string>> = {};
  for (const [attribute, header] of Object.entries(HEADERS) as [Attribute, string][]) {
    const value = headers[header];
    if (value === undefined) continue;
    if (Array.isArray(value)) return undefined;
    const text = value.toString();
    if (text.length > LONGEST || CONTROL.test(text)) return undefined;
    if (text !== '') envelope[attribute] = text;
  }
  return envelope;
};

export const headersOf = (envelope: Envelope): Record<string, string> => {
  const headers: Record<string, string> = { ce_specversion: '1.0', 'content-type': 'application/json' };
  for (const [attribute, header] of Object.entries(HEADERS) as [Attribute, string][]) {
    const value = envelope[attribute];
    if (value !== undefined) headers[header] = value;
  }
  return headers;
};

/** HMAC-SHA-256 over a line for each signed attribute, empty for one that is absent, and the body as it is sent. */
const digest = (signingKey: Buffer, envelope: Envelope, body: Buffer) =>
  createHmac('sha256', signingKey)
    .update(`kontor-command-v1\n${SIGNED.map((name) => `${envelope[name] ?? ''}\n`).join('')}`)
    .update(body)
    .digest();

/** `v1,<base64>`, for the header kontor-signature. */
export const signatureOf = (signingKey: Buffer, envelope: Envelope, body: Buffer): string =>
  VERSION + digest(signingKey, envelope, body).toString('base64');

export const isSignedWith = (signingKey: Buffer, envelope: Envelope, body: Buffer): boolean => {
  const { signature = '' } = envelope;
  if (!signature.startsWith(VERSION)) return false;
  const given = Buffer.from(signature.slice(VERSION.length), 'base64');
  const right = digest(signingKey, envelope, body);
  return given.length === right.length && timingSafeEqual(given, right);
};
