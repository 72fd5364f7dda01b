import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type Operation, type PaymentResult } from '../domain/payment-messages.js';

/** What a provider is asked to do. It finds what belongs together by our own names. */
export interface ProviderOrder {
  readonly paymentId: string;
  readonly operationId: string;
  readonly operation: Operation;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  /** Of an authorisation: the provider's name for the means of payment. */
  readonly token?: string;
}

/** The same at every try: a provider does the same order once. */
export const idempotencyKeyOf = ({ paymentId, operationId }: Pick<ProviderOrder, 'paymentId' | 'operationId'>) =>
  uuidv5(KONTOR_NAMESPACE, `payment/${paymentId}/${operationId}`);

/**
 * The port to whoever moves the money. Every adapter passes `paymentProviderContract`. No method throws: what is not
 * certain is `unknown`.
 */
export abstract class PaymentProvider {
  /** Done once however often it is called with the same names. */
  abstract execute(order: ProviderOrder): Promise<PaymentResult>;

  /** What became of it; undefined when the provider has never heard of it. */
  abstract query(order: ProviderOrder): Promise<PaymentResult | undefined>;
}
