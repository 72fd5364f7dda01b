/** Webhooks that their receiver can believe: https://www.standardwebhooks.com */
import { createHmac, timingSafeEqual } from 'node:crypto';

const PREFIX = 'whsec_';
const TOLERANCE_SECONDS = 300;

/** @throws Error for what is no such secret */
export const secretOf = (text: string): Buffer => {
  const bytes = Buffer.from(text.slice(PREFIX.length), 'base64');
  if (!text.startsWith(PREFIX) || bytes.length < 24 || bytes.length > 64)
    throw new Error(`A webhook secret is "${PREFIX}" and 24 to 64 bytes in base64`);
  return bytes;
};

const digest = (secret: Buffer, { id, seconds, body }: Signed) =>
  createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest();

interface Signed {
  /** The same in every attempt; without a full stop. */
  readonly id: string;
  /** Of the attempt, since 1970. */
  readonly seconds: number;
  readonly body: string;
}

/** With several secrets, one signature each: while they change, whoever knows one of them believes it. */
export const webhookHeaders = (secrets: readonly Buffer[], signed: Signed): Readonly<Record<string, string>> => ({
  'content-type': 'application/json',
  'webhook-id': signed.id,
  'webhook-timestamp': String(signed.seconds),
  'webhook-signature': secrets.map((secret) => `v1,${digest(secret, signed).toString('base64')}`).join(' '),
});

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a receiver does. `nowSeconds`: since 1970 */
export const isBelieved = (secret: Buffer, headers: Headers, body: string, nowSeconds: number): boolean => {
  const [id, seconds, signatures] = ['id', 'timestamp', 'signature'].map((name) => headers[`webhook-${name}`]);
  if (typeof id !== 'string' || typeof seconds !== 'string' || typeof signatures !== 'string') return false;
  if (!(Math.abs(nowSeconds - Number(seconds)) <= TOLERANCE_SECONDS)) return false;
  const right = digest(secret, { id, seconds: Number(seconds), body });
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return signature.startsWith('v1,') && given.length === right.length && timingSafeEqual(given, right);
  });
};
