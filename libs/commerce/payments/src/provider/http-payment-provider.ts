import { type HttpRequest, requestHttp } from '#host';
import { type PaymentResult } from '../domain/payment-messages.js';
import { providerIdempotencyKey, PaymentProvider, type ProviderRequest } from './payment-provider.js';
import { parseProviderAnswer } from './provider-answer.js';

const TIMEOUT_MS = 10_000;

/**
 * A payment provider over HTTP. `POST /v1/operations` carries out an operation once per Idempotency-Key, and
 * `GET /v1/operations/<key>` answers with its outcome. Any error, timeout or unexpected answer leaves the outcome unknown.
 */
export class HttpPaymentProvider extends PaymentProvider {
  constructor(
    private readonly url: string,
    private readonly secret: string,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    super();
  }

  override async execute(request: ProviderRequest): Promise<PaymentResult> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': providerIdempotencyKey(request) };
    const answer = await this.send('', { method: 'POST', headers, body: JSON.stringify(request) }, request);
    return answer ?? { outcome: 'unknown', reason: 'the provider has no such service' };
  }

  override query(request: ProviderRequest): Promise<PaymentResult | undefined> {
    return this.send(`/${providerIdempotencyKey(request)}`, { method: 'GET', headers: {} }, request);
  }

  /** @returns undefined when the provider answers with 404 */
  private async send(
    path: string,
    { headers, ...call }: Omit<HttpRequest, 'signal'>,
    { currency }: ProviderRequest,
  ): Promise<PaymentResult | undefined> {
    try {
      const { status, text } = await requestHttp(`${this.url}/v1/operations${path}`, {
        ...call,
        headers: { ...headers, authorization: `Bearer ${this.secret}` },
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      if (status === 200) return parseProviderAnswer(JSON.parse(text), currency);
      return status === 404 ? undefined : { outcome: 'unknown', reason: `status ${status}` };
    } catch (error) {
      return { outcome: 'unknown', reason: error instanceof Error ? error.name : 'no answer' };
    }
  }
}

/** Used if no provider is configured: the outcome of every operation stays unknown, so that none is lost. */
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
