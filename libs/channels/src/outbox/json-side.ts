import { type Attempt } from './courier.js';

/** Where the other side of an adapter is, and by what it knows us. */
export interface SideAddress {
  readonly url: string;
  readonly token: string;
}

export interface SideAnswer {
  readonly status: number;
  readonly body: unknown;
  /** As it asked for: `Retry-After`. */
  readonly waitMs?: number;
}

interface Asked {
  readonly body?: object;
  /** The same in every repeat. */
  readonly key?: string;
  readonly signal: AbortSignal;
}

const ANSWERS_WITHIN_MS = 20_000;
const AWAY = new Set([401, 403, 408, 429, 502, 503, 504]);

/** The other side, where it speaks JSON over HTTP. */
export class JsonSide {
  constructor(private readonly address: SideAddress) {}

  /** @throws Error when there is no answer */
  async ask(method: 'GET' | 'POST', path: string, { body, key, signal }: Asked): Promise<SideAnswer> {
    const response = await fetch(this.address.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.address.token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': encodeURIComponent(key) }),
      },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWERS_WITHIN_MS)]),
    });
    const text = await response.text();
    const waitMs = Number(response.headers.get('retry-after')) * 1_000;
    return { status: response.status, body: parsed(text), ...(waitMs > 0 && { waitMs: Math.min(waitMs, 3_600_000) }) };
  }

  /** As a courier's attempt. */
  async tell(path: string, asked: Asked): Promise<Attempt> {
    try {
      return attemptOf(await this.ask('POST', path, asked));
    } catch (error) {
      return { outcome: 'unavailable', error: textOf(error) };
    }
  }
}

/** A key that is wrong, like an endpoint that is away, is no message's fault. */
export const isAway = ({ status }: SideAnswer): boolean => AWAY.has(status);

const attemptOf = (answer: SideAnswer): Attempt => {
  const { status, waitMs } = answer;
  const error = `answered ${status}`;
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  return isAway(answer)
    ? { outcome: 'unavailable', error, ...(waitMs !== undefined && { waitMs }) }
    : { outcome: 'refused', error };
};

export const textOf = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
