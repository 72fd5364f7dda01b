import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '#access';
import { DeciderRunner } from '#event-store';
import { type Cause, KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { isSigned, payment, type PaymentCommand, Payments, resultOf, SIGNATURE_HEADER, WEBHOOK_TYPE } from '#payments';
import { Problem } from '../http/problem.js';

/** What webhooks are signed with; empty where there is no provider, and then none is believed. */
export class WebhookSecret {
  constructor(readonly value: string) {}
}

/** Of channels and of processes, such as `settle/0`. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:/~-]{0,127}$/;

type Told = Extract<PaymentCommand, { type: 'RecordPaymentResult' }>;

/** What a payment provider tells unasked. Its signature stands for a key; the same webhook twice is one. */
@ApiTags('payments')
@Controller('v1/webhooks/payments')
@Public()
export class PaymentWebhooksController {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly secret: WebhookSecret,
    private readonly payments: Payments,
  ) {}

  @Post()
  @HttpCode(204)
  @ApiConsumes(WEBHOOK_TYPE)
  @ApiBody({ schema: { type: 'object', additionalProperties: true } })
  @ApiOperation({ summary: 'What became of an operation, signed by the payment provider instead of with a key.' })
  async receive(@Headers(SIGNATURE_HEADER) signature: string | undefined, @Body() body: unknown): Promise<void> {
    const text = typeof body === 'string' ? body : '';
    if (!isSigned(this.secret.value, text, signature, Date.now())) {
      throw new Problem('unauthenticated', 'The signature is missing, wrong, or more than five minutes old.');
    }
    const command = read(text);
    if (await this.isKnown(command)) return;
    await this.deciders.run(payment, command.data.paymentId, command, causeOf(command, text));
  }

  /** Most webhooks say what the answer said before. That is only a short cut: the stream knows it, too. */
  private async isKnown({ data }: Told): Promise<boolean> {
    if (data.outcome !== 'done') return false;
    return this.payments.isDone(data.paymentId, data.operationId, data.amount).catch(() => false);
  }
}

/** @throws Problem */
const read = (text: string): Told => {
  const said = JSON.parse(text) as { paymentId?: unknown; operationId?: unknown };
  const { paymentId, operationId } = said;
  const result = resultOf(said);
  if (!isId(paymentId) || !isId(operationId) || result.outcome === 'unknown') {
    throw new Problem('validation-failed', 'It names no payment, no operation or no outcome.');
  }
  return { type: 'RecordPaymentResult', data: { paymentId, operationId, ...result } };
};

const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value);

const causeOf = ({ data }: Told, text: string): Cause => ({
  commandId: uuidv5(KONTOR_NAMESPACE, `payment-webhook/${text}`),
  correlationId: data.paymentId,
  channel: 'system',
  actor: 'webhook:payments',
  occurredAt: new Date().toISOString(),
});
