/** How a provider proves that a webhook is its own: HMAC-SHA256 over time and body, under a secret that both know. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export const SIGNATURE_HEADER = 'payment-signature';
/** Of its own, so that its body is kept as it was signed. */
export const WEBHOOK_TYPE = 'application/vnd.kontor.payment+json';

const TOLERANCE_MS = 5 * 60_000;

const digest = (secret: string, at: number, body: string) =>
  createHmac('sha256', secret).update(`${at}.${body}`).digest();

/** `t=<milliseconds since 1970>,v1=<hex>` */
export const sign = (secret: string, body: string, at: number) =>
  `t=${at},v1=${digest(secret, at, body).toString('hex')}`;

/** Whether the secret's owner said this within five minutes of `now`. */
export const isSigned = (secret: string, body: string, header: string | undefined, now: number): boolean => {
  const [, time = '', hex = ''] = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? [];
  const at = Number(time);
  if (hex === '' || secret === '' || Math.abs(now - at) > TOLERANCE_MS) return false;
  return timingSafeEqual(Buffer.from(hex, 'hex'), digest(secret, at, body));
};
