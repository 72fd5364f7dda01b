import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { type Cause, type Message, uuidv5 } from '#kernel';
import { type PaymentCommand, type PaymentEvent, type PaymentResult } from '../domain/payment-messages.js';
import { payment } from '../domain/payment.js';
import { type Payment, type Step } from '../domain/payment-state.js';
import { PaymentProvider, type ProviderOrder } from '../provider/payment-provider.js';

interface InLog {
  readonly paymentId: string;
  readonly operationId: string;
}

/** Has an operation that is in the log carried out, or asks what became of it after the last attempt. */
export type ProviderCommand =
  Message<'ExecutePayment', InLog> | Message<'InquirePayment', InLog & { readonly attempt: number }>;

/** Asks the provider as a {@link ProviderCommand} says, and records the answer. */
export class AskProvider extends Command<Outcome<PaymentEvent>> {
  constructor(
    readonly how: ProviderCommand['type'],
    readonly data: { readonly paymentId: string; readonly operationId: string; readonly attempt?: number },
    readonly cause: Cause,
  ) {
    super();
  }
}

/** An operation that has ended since is not asked for again: a repeat is answered as the first time. */
@CommandHandler(AskProvider)
export class AskProviderHandler implements ICommandHandler<AskProvider> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly provider: PaymentProvider,
  ) {}

  async execute({ how, data, cause }: AskProvider): Promise<Outcome<PaymentEvent>> {
    const { paymentId, operationId, attempt = 0 } = data;
    const state = await this.deciders.currentState(payment, paymentId);
    const step = state.steps.get(operationId);
    const waits = step?.status === (how === 'ExecutePayment' ? 'asked' : 'unknown') && step.attempts === attempt;
    const result: PaymentResult = waits ? await this.ask(how, orderOf(data, state, step)) : NOTHING_NEW;
    const said = result.outcome === 'unknown' ? { ...result, attempt } : result;
    const command = { type: 'RecordPaymentResult', data: { paymentId, operationId, ...said } };
    return this.deciders.run(payment, paymentId, command as PaymentCommand, saying(result, cause));
  }

  /** What the provider has never heard of is carried out: with the same key, so once at most. */
  private async ask(how: AskProvider['how'], order: ProviderOrder): Promise<PaymentResult> {
    const heard = how === 'InquirePayment' ? await this.provider.query(order) : undefined;
    return heard ?? this.provider.execute(order);
  }
}

/**
 * Another answer is another command: two workers may hear different ones, and events of one id must say the same.
 */
const saying = (result: PaymentResult, cause: Cause): Cause => ({
  ...cause,
  commandId: uuidv5(cause.commandId, JSON.stringify(result)),
});

const NOTHING_NEW: PaymentResult = { outcome: 'unknown', reason: 'asked before' };

const orderOf = (
  { paymentId, operationId }: AskProvider['data'],
  { terms }: Payment,
  { operation, amount }: Step,
): ProviderOrder => {
  const token = terms?.token;
  const order = { paymentId, operationId, operation, amount, currency: terms?.currency ?? '' };
  return token === undefined ? order : { ...order, token };
};
