import { type Clock } from '../clock.js';
import { type Attempt } from '../outbox/courier.js';
import { type Delivery } from '../outbox/outbox.js';
import { type EndpointSettings } from './settings.js';
import { webhookHeaders } from './standard-webhooks.js';

/** Whatever stands in front of the receiver answers so when the receiver is away, or asks for patience. */
const AWAY = new Set([408, 429, 502, 503, 504]);

/** Sends a message once. */
export const post =
  (endpoint: EndpointSettings, clock: Clock) =>
  async ({ messageId, body }: Delivery, signal: AbortSignal): Promise<Attempt> => {
    const text = JSON.stringify(body);
    const seconds = Math.floor(clock.now() / 1_000);
    const headers = webhookHeaders(endpoint.secrets, { id: messageId, seconds, body: text });
    try {
      const response = await fetch(endpoint.url, { method: 'POST', headers, body: text, signal, redirect: 'manual' });
      await response.body?.cancel();
      return attemptOf(response);
    } catch (error) {
      const { message, cause } = error as Error;
      return { outcome: 'unavailable', error: cause instanceof Error ? `${message}: ${cause.message}` : message };
    }
  };

const attemptOf = ({ ok, status, headers }: Response): Attempt => {
  const error = `answered ${status}`;
  if (ok) return { outcome: 'delivered' };
  if (status === 410) return { outcome: 'gone', error };
  if (!AWAY.has(status)) return { outcome: 'refused', error };
  const waitMs = Number(headers.get('retry-after')) * 1_000;
  return { outcome: 'unavailable', error, ...(waitMs > 0 && { waitMs: Math.min(waitMs, 3_600_000) }) };
};
