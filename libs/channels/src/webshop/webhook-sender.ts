import { type Clock } from '../clock.js';
import { type DeliveryResult } from '../delivery/delivery-worker.js';
import { type Delivery } from '../delivery/outbox.js';
import { errorText, MAX_RETRY_AFTER_MS } from '../delivery/partner-client.js';
import { type EndpointSettings } from './settings.js';
import { webhookHeaders } from './standard-webhooks.js';

/** Answers of a gateway in front of a receiver that is away, and of a receiver that asks for fewer requests. */
const UNAVAILABLE_STATUSES = new Set([408, 429, 502, 503, 504]);

/** @returns the `send` of a delivery worker: posts a webhook once and never rejects */
export const webhookSender =
  (endpoint: EndpointSettings, clock: Clock) =>
  async ({ messageId, body }: Delivery, signal: AbortSignal): Promise<DeliveryResult> => {
    const text = JSON.stringify(body);
    const seconds = Math.floor(clock.now() / 1_000);
    const headers = webhookHeaders(endpoint.secrets, { id: messageId, seconds, body: text });
    try {
      const response = await fetch(endpoint.url, { method: 'POST', headers, body: text, signal, redirect: 'manual' });
      await response.body?.cancel();
      return resultOf(response);
    } catch (error) {
      return { outcome: 'unavailable', error: errorText(error) };
    }
  };

const resultOf = ({ ok, status, headers }: Response): DeliveryResult => {
  const error = `answered ${status}`;
  if (ok) return { outcome: 'delivered' };
  if (status === 410) return { outcome: 'gone', error };
  if (!UNAVAILABLE_STATUSES.has(status)) return { outcome: 'refused', error };
  const retryAfterMs = Number(headers.get('retry-after')) * 1_000;
  return {
    outcome: 'unavailable',
    error,
    ...(retryAfterMs > 0 && { retryAfterMs: Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) }),
  };
};
