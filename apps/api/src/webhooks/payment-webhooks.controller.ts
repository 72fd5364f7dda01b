import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '#access';
import { DeciderRunner } from '#event-store';
import { type Cause, KONTOR_NAMESPACE, parseJson, uuidv5 } from '#kernel';
import {
  hasValidSignature,
  payment,
  PAYMENT_OPERATIONS,
  type PaymentCommand,
  Payments,
  parseProviderAnswer,
  PAYMENT_SIGNATURE_HEADER,
  PAYMENT_WEBHOOK_CONTENT_TYPE,
} from '#payments';
import { Problem } from '../http/problem.js';

/** The secret with which the payment provider signs. If it is empty, there is no provider, and every webhook is refused. */
export class WebhookSecret {
  constructor(readonly value: string) {}
}

/** Ids of payments, and of operations, which processes name like `settle/0`. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:/~-]{0,127}$/;

type RecordPaymentResult = Extract<PaymentCommand, { type: 'RecordPaymentResult' }>;

/**
 * The payment provider's reports on operations. A webhook needs no API key, because it is signed. The same webhook has no
 * second effect: its command id follows from its text.
 */
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
  @ApiConsumes(PAYMENT_WEBHOOK_CONTENT_TYPE)
  @ApiBody({ schema: { type: 'object', additionalProperties: true } })
  @ApiOperation({ summary: 'The outcome of an operation, signed by the payment provider instead of with a key.' })
  async receive(
    @Headers(PAYMENT_SIGNATURE_HEADER) signature: string | undefined,
    @Body() body: unknown,
  ): Promise<void> {
    const text = typeof body === 'string' ? body : '';
    if (!hasValidSignature(this.secret.value, text, signature, Date.now())) {
      throw new Problem('unauthenticated', 'The signature is missing, wrong, or more than five minutes old.');
    }
    const command = parseWebhook(text);
    if (await this.isRecorded(command)) return;
    await this.deciders.run(payment, command.data.paymentId, command, causeOf(command, text));
  }

  /**
   * Most webhooks repeat what the provider has answered before; the read model recognizes them without reading the stream.
   * When it cannot be read, the stream decides.
   */
  private async isRecorded({ data }: RecordPaymentResult): Promise<boolean> {
    if (data.outcome !== 'done') return false;
    return this.payments.isOperationDone(data.paymentId, data.operationId, data.amount).catch(() => false);
  }
}

/** @throws Problem */
const parseWebhook = (text: string): RecordPaymentResult => {
  const report = parseJson(text) as { paymentId?: unknown; operationId?: unknown; operation?: unknown } | null;
  const { paymentId, operationId } = report ?? {};
  const result = parseProviderAnswer(report);
  if (!isId(paymentId) || !isId(operationId) || result.outcome === 'unknown') {
    throw new Problem('validation-failed', 'It has no payment, no operation or no outcome.');
  }
  const operation = PAYMENT_OPERATIONS.find((known) => known === report?.operation);
  const named = result.outcome === 'done' && operation !== undefined ? { operation } : {};
  return { type: 'RecordPaymentResult', data: { paymentId, operationId, ...result, ...named } };
};

const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value);

const causeOf = ({ data }: RecordPaymentResult, text: string): Cause => ({
  commandId: uuidv5(KONTOR_NAMESPACE, `payment-webhook/${text}`),
  correlationId: data.paymentId,
  channel: 'system',
  actor: 'webhook:payments',
  occurredAt: new Date().toISOString(),
});
