/** The signature of a provider's webhooks: HMAC-SHA256 over time and body, under a shared secret. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export const PAYMENT_SIGNATURE_HEADER = 'payment-signature';
/** A content type of its own, so that the body reaches the check exactly as it was signed. */
export const PAYMENT_WEBHOOK_CONTENT_TYPE = 'application/vnd.kontor.payment+json';

const TOLERANCE_MS = 5 * 60_000;

const digest = (secret: string, at: number, body: string) =>
  createHmac('sha256', secret).update(`${at}.${body}`).digest();

/** @returns `t=<milliseconds since 1970>,v1=<hex>` */
export const signWebhook = (secret: string, body: string, at: number) =>
  `t=${at},v1=${digest(secret, at, body).toString('hex')}`;

/** Whether the body was signed with the secret within five minutes of `now` (milliseconds since 1970). */
export const hasValidSignature = (secret: string, body: string, header: string | undefined, now: number): boolean => {
  const [, time = '', hex = ''] = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? [];
  const at = Number(time);
  if (hex === '' || secret === '' || Math.abs(now - at) > TOLERANCE_MS) return false;
  return timingSafeEqual(Buffer.from(hex, 'hex'), digest(secret, at, body));
};
