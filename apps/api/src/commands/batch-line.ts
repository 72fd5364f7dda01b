import { AnyObject, AnyText, Described, Matching, OptionalOrNull, Uuid } from '#fields';

/** One line of a batch: a command with the values that are headers over HTTP. */
export class BatchLine {
  @Described('Name of the command.', 'ReceiveStock')
  @AnyText()
  command!: string;

  @Described('Idempotency key: 1 to 255 characters.', 'delivery-4711-1')
  @AnyText()
  id!: string;

  @Described('The body that the command has when it is sent alone.')
  @AnyObject({ sku: 'TSHIRT-RED-M', locationId: 'store-1', quantity: 12, ref: 'delivery-4711' })
  data!: object;

  @Described('When it happened for the business, ISO 8601. Default: now.')
  @OptionalOrNull()
  @AnyText()
  occurredAt?: string;

  @OptionalOrNull()
  @Uuid()
  correlationId?: string;

  @Described('The channel acted for: with a staff key only.')
  @OptionalOrNull()
  @Matching(/^[a-z0-9][a-z0-9._-]{0,63}$/, { example: 'web', message: 'channel must be the id of a channel' })
  channel?: string;
}
