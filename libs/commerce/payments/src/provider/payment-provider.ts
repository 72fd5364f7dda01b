import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type PaymentOperation, type PaymentResult } from '../domain/payment-messages.js';

/** An operation for the provider, with Kontor's ids. */
export interface ProviderRequest {
  readonly paymentId: string;
  readonly operationId: string;
  readonly operation: PaymentOperation;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  /** The provider's token for the means of payment. Needed for an authorization. */
  readonly token?: string;
}

/** The key is the same for every attempt, so that the provider carries out an operation once. */
export const providerIdempotencyKey = ({
  paymentId,
  operationId,
}: Pick<ProviderRequest, 'paymentId' | 'operationId'>) =>
  uuidv5(KONTOR_NAMESPACE, `payment/${paymentId}/${operationId}`);

/**
 * The port to the payment provider. Every adapter passes `paymentProviderContract`. No method throws: an outcome that is
 * not certain is `unknown`.
 */
export abstract class PaymentProvider {
  /** Carries out an operation. Repeated calls with the same ids carry it out once. */
  abstract execute(request: ProviderRequest): Promise<PaymentResult>;

  /** Asks for the outcome of an operation; undefined when the provider does not know it. */
  abstract query(request: ProviderRequest): Promise<PaymentResult | undefined>;
}
