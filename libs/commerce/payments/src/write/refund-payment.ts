import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { KeyedQueue, type Cause } from '#kernel';
import { order, paymentIdOf, manuallyRefundable } from '#orders';
import { type PaymentCommand, type PaymentEvent, type RefundableOrder } from '../domain/payment-messages.js';
import { payment } from '../domain/payment.js';
import { uncountedRefunds } from '../domain/payment-operations.js';

type Refund = Extract<PaymentCommand, { type: 'RefundPayment' }>['data'];
export type ManualRefund = Omit<Refund, 'order'>;

/** A refund that a person asks for, for another reason than a return or cancellation. */
export class RefundPayment extends Command<Outcome<PaymentEvent>> {
  constructor(
    readonly refund: ManualRefund,
    readonly cause: Cause,
  ) {
    super();
  }
}

/**
 * Adds what is left of the money of the order, after whatever was given back by returns, tills and other refunds. These were
 * perhaps recorded by another process a moment ago, so every stream is read.
 */
@CommandHandler(RefundPayment)
export class RefundPaymentHandler implements ICommandHandler<RefundPayment> {
  /**
   * By order: of two refunds on different payments that this process is asked for at once, the second one has to count the first.
   * Those of two processes may both pass; `kontor verify` lists them.
   */
  private readonly queue = new KeyedQueue();

  constructor(private readonly deciders: DeciderRunner) {}

  /** @throws DomainError, StreamNotReadable, OutcomeUnknown */
  async execute({ refund, cause }: RefundPayment) {
    const { terms } = await this.deciders.freshState(payment, refund.paymentId);
    if (!terms) return this.request(refund, cause);
    return this.queue.enqueue(terms.orderId, async () =>
      this.request({ ...refund, order: await this.refundable(terms.orderId, refund.paymentId) }, cause),
    );
  }

  private request(data: Refund, cause: Cause) {
    return this.deciders.run(payment, data.paymentId, { type: 'RefundPayment', data }, cause);
  }

  private async refundable(orderId: string, paymentId: string): Promise<RefundableOrder> {
    const state = await this.deciders.freshState(order, orderId);
    const countedOf = (id: string) =>
      [...state.countedRefunds].flatMap((one) => (one.startsWith(`${id}/`) ? [one.slice(id.length + 1)] : []));
    const others = [...state.tenders.keys()].map((tenderId) => paymentIdOf(orderId, tenderId));
    let left = manuallyRefundable(state);
    for (const other of others.filter((id) => id !== paymentId)) {
      left -= uncountedRefunds(await this.deciders.freshState(payment, other), countedOf(other));
    }
    return { left, counted: countedOf(paymentId) };
  }
}
