import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { OrderTokens, tenderIdOf } from '#orders';
import { type Cause, type Message, uuidv5 } from '#kernel';
import {
  type PaymentCommand,
  type PaymentEvent,
  type PaymentResult,
  type PaymentTerms,
} from '../domain/payment-messages.js';
import { payment } from '../domain/payment.js';
import { type Payment, type OperationProgress } from '../domain/payment-state.js';
import { PaymentProvider, type ProviderRequest } from '../provider/payment-provider.js';

interface RecordedOperation {
  readonly paymentId: string;
  readonly operationId: string;
}

/** Carries out a requested operation, or asks for its outcome. `attempt` is the number of unknown outcomes recorded so far. */
export type ProviderCommand =
  | Message<'ExecutePayment', RecordedOperation>
  | Message<'InquirePayment', RecordedOperation & { readonly attempt: number }>;

/** Calls the payment provider and records its answer. */
export class CallPaymentProvider extends Command<Outcome<PaymentEvent>> {
  constructor(
    readonly type: ProviderCommand['type'],
    readonly data: { readonly paymentId: string; readonly operationId: string; readonly attempt?: number },
    readonly cause: Cause,
  ) {
    super();
  }
}

/** Does not call the provider if the operation has ended or another result has been recorded since. */
@CommandHandler(CallPaymentProvider)
export class CallPaymentProviderHandler implements ICommandHandler<CallPaymentProvider> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly provider: PaymentProvider,
    private readonly tokens: OrderTokens,
  ) {}

  async execute({ type, data, cause }: CallPaymentProvider): Promise<Outcome<PaymentEvent>> {
    const { paymentId, operationId, attempt = 0 } = data;
    const state = await this.deciders.cachedState(payment, paymentId);
    const progress = state.operations.get(operationId);
    const expected = type === 'ExecutePayment' ? 'requested' : 'unknown';
    const isPending = progress?.status === expected && progress.attempts === attempt;
    const result = isPending ? await this.call(type, data, { state, progress }) : STALE;
    const reported = result.outcome === 'unknown' ? { ...result, attempt } : result;
    const command: PaymentCommand = { type: 'RecordPaymentResult', data: { paymentId, operationId, ...reported } };
    return this.deciders.run(payment, paymentId, command, causeOfResult(result, cause));
  }

  /** An operation that the provider does not know is carried out, under the same idempotency key and so at most once. */
  private async call(
    type: ProviderCommand['type'],
    { paymentId, operationId }: RecordedOperation,
    { state: { terms }, progress: { operation, amount } }: { state: Payment; progress: OperationProgress },
  ): Promise<PaymentResult> {
    if (!terms) throw new Error(`Payment ${paymentId} has operations, but was never initiated`);
    const token = operation === 'authorize' ? await this.tokenOf(paymentId, terms) : undefined;
    const stated: ProviderRequest = { paymentId, operationId, operation, amount, currency: terms.currency };
    const isGone = typeof token === 'object';
    // An earlier attempt may have reached the provider, whatever has become of the token since.
    const known = type === 'InquirePayment' || isGone ? await this.provider.query(stated) : undefined;
    if (known) return known;
    return isGone ? withoutToken(token) : this.provider.execute(token === undefined ? stated : { ...stated, token });
  }

  /** Payments that were begun by an earlier version have it themselves, in clear. */
  private async tokenOf(paymentId: string, { token, orderId }: PaymentTerms) {
    return typeof token === 'string' ? token : this.tokens.ofTender(orderId, tenderIdOf(orderId, paymentId));
  }
}

/** What was erased stays so; a lost key may be restored. */
const withoutToken = (token: object): PaymentResult =>
  'erased' in token
    ? { outcome: 'declined', code: 'token-erased' }
    : { outcome: 'unknown', reason: 'the key to the token is lost' };

/** Two workers may get different answers to one call. Each answer gets its own command id, so that both are recorded. */
const causeOfResult = (result: PaymentResult, cause: Cause): Cause => ({
  ...cause,
  commandId: uuidv5(cause.commandId, JSON.stringify(result)),
});

const STALE: PaymentResult = { outcome: 'unknown', reason: 'asked before' };
