import { type DeliveryResult } from './delivery-worker.js';

/** Base URL of a partner's API, and the bearer token that it has given us. */
export interface PartnerAddress {
  readonly url: string;
  readonly token: string;
}

export interface PartnerResponse {
  /** HTTP status. */
  readonly status: number;
  /** Parsed JSON; undefined where the body is none. */
  readonly body: unknown;
  /** The pause that the partner asked for with `Retry-After`, at most an hour. */
  readonly retryAfterMs?: number;
}

interface PartnerRequest {
  readonly body?: object;
  /** Idempotency key: every repeat carries the same. */
  readonly key?: string;
  readonly signal: AbortSignal;
}

const REQUEST_TIMEOUT_MS = 20_000;
export const MAX_RETRY_AFTER_MS = 3_600_000;
const UNAVAILABLE_STATUSES = new Set([401, 403, 408, 429, 502, 503, 504]);

/** Client of a partner's API that speaks JSON over HTTP. */
export class PartnerClient {
  constructor(private readonly address: PartnerAddress) {}

  /** Sends a request once. @throws Error when there is no answer within 20 s */
  async request(method: 'GET' | 'POST', path: string, { body, key, signal }: PartnerRequest): Promise<PartnerResponse> {
    const response = await fetch(this.address.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.address.token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': encodeURIComponent(key) }),
      },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    const text = await response.text();
    const retryAfterMs = Number(response.headers.get('retry-after')) * 1_000;
    return {
      status: response.status,
      body: parsedJson(text),
      ...(retryAfterMs > 0 && { retryAfterMs: Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) }),
    };
  }

  /** Posts a message once. Never rejects. */
  async deliver(path: string, request: PartnerRequest): Promise<DeliveryResult> {
    try {
      return resultOf(await this.request('POST', path, request));
    } catch (error) {
      return { outcome: 'unavailable', error: errorText(error) };
    }
  }
}

/** A wrong token, like an endpoint that does not answer, is not the fault of any message. */
export const isUnavailable = ({ status }: PartnerResponse): boolean => UNAVAILABLE_STATUSES.has(status);

const resultOf = (response: PartnerResponse): DeliveryResult => {
  const { status, retryAfterMs } = response;
  const error = `answered ${status}`;
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  return isUnavailable(response)
    ? { outcome: 'unavailable', error, ...(retryAfterMs !== undefined && { retryAfterMs }) }
    : { outcome: 'refused', error };
};

/** The message of an error, with that of its cause. */
export const errorText = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
};

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
