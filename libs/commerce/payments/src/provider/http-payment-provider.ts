import { request } from 'undici';
import { type PaymentResult } from '../domain/payment-messages.js';
import { idempotencyKeyOf, PaymentProvider, type ProviderOrder } from './payment-provider.js';
import { resultOf } from './provider-answer.js';

const TIMEOUT_MS = 10_000;

interface Call {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * A provider over HTTP: `POST /v1/operations` does something once per Idempotency-Key, `GET /v1/operations/<key>` tells
 * what became of it. Only what both sides have understood is an outcome: an error of whatever kind proves nothing.
 */
export class HttpPaymentProvider extends PaymentProvider {
  constructor(
    private readonly url: string,
    private readonly secret: string,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    super();
  }

  override async execute(order: ProviderOrder): Promise<PaymentResult> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKeyOf(order) };
    const answer = await this.send('', { method: 'POST', headers, body: JSON.stringify(order) }, order);
    return answer ?? { outcome: 'unknown', reason: 'the provider has no such service' };
  }

  override query(order: ProviderOrder): Promise<PaymentResult | undefined> {
    return this.send(`/${idempotencyKeyOf(order)}`, { method: 'GET', headers: {} }, order);
  }

  /** @returns undefined for 404 */
  private async send(
    path: string,
    { headers, ...init }: Call,
    { currency }: ProviderOrder,
  ): Promise<PaymentResult | undefined> {
    try {
      const { statusCode, body } = await request(`${this.url}/v1/operations${path}`, {
        ...init,
        headers: { ...headers, authorization: `Bearer ${this.secret}` },
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      if (statusCode === 200) return resultOf(await body.json(), currency);
      await body.dump();
      return statusCode === 404 ? undefined : { outcome: 'unknown', reason: `status ${statusCode}` };
    } catch (error) {
      return { outcome: 'unknown', reason: error instanceof Error ? error.name : 'no answer' };
    }
  }
}

/** Where no provider is set up: nothing is lost, everything waits. */
class NoPaymentProvider extends PaymentProvider {
  override execute(): Promise<PaymentResult> {
    return Promise.resolve({ outcome: 'unknown', reason: 'PAYMENT_PROVIDER_URL is not set' });
  }

  override query(): Promise<PaymentResult> {
    return this.execute();
  }
}

/** @param url PAYMENT_PROVIDER_URL, if there is one @param secret PAYMENT_PROVIDER_SECRET */
export const paymentProviderAt = (url: string | undefined, secret: string): PaymentProvider =>
  url === undefined ? new NoPaymentProvider() : new HttpPaymentProvider(url, secret);
