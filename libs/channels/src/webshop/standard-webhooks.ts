/**
 * Signed webhooks as https://www.standardwebhooks.com specifies them. Not by the library `standardwebhooks` (1.1.1): it takes
 * any secret that is not empty, checks the time against no clock but the machine's, and saves two lines of signing.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const SECRET_PREFIX = 'whsec_';
const TOLERANCE_SECONDS = 300;

interface SignedContent {
  /** Id of the message, the same in every attempt. Must not contain a full stop. */
  readonly id: string;
  /** Time of the attempt, in seconds since 1970. */
  readonly seconds: number;
  readonly body: string;
}

/** Decodes a secret `whsec_<base64>`. @throws Error unless it has 24 to 64 bytes */
export const parseWebhookSecret = (text: string): Buffer => {
  const bytes = Buffer.from(text.slice(SECRET_PREFIX.length), 'base64');
  if (!text.startsWith(SECRET_PREFIX) || bytes.length < 24 || bytes.length > 64)
    throw new Error(`A webhook secret is "${SECRET_PREFIX}" and 24 to 64 bytes in base64`);
  return bytes;
};

const digest = (secret: Buffer, { id, seconds, body }: SignedContent) =>
  createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest();

/** With several secrets there is a signature for each, so that receivers can change from one to the next. */
export const webhookHeaders = (
  secrets: readonly Buffer[],
  content: SignedContent,
): Readonly<Record<string, string>> => ({
  'content-type': 'application/json',
  'webhook-id': content.id,
  'webhook-timestamp': String(content.seconds),
  'webhook-signature': secrets.map((secret) => `v1,${digest(secret, content).toString('base64')}`).join(' '),
});

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The receiver's check of signature and time. @param nowSeconds seconds since 1970 */
export const isAuthenticWebhook = (secret: Buffer, headers: Headers, body: string, nowSeconds: number): boolean => {
  const [id, seconds, signatures] = ['id', 'timestamp', 'signature'].map((name) => headers[`webhook-${name}`]);
  if (typeof id !== 'string' || typeof seconds !== 'string' || typeof signatures !== 'string') return false;
  if (!(Math.abs(nowSeconds - Number(seconds)) <= TOLERANCE_SECONDS)) return false;
  const expected = digest(secret, { id, seconds: Number(seconds), body });
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return signature.startsWith('v1,') && given.length === expected.length && timingSafeEqual(given, expected);
  });
};
