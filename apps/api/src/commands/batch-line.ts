import { ApiProperty } from '@nestjs/swagger';
import { AnyObject, AnyText, Matching, OptionalOrNull, Uuid } from '#fields';

/** One line of a batch: a command with the values that are headers over HTTP. */
export class BatchLine {
  @ApiProperty({ example: 'ReceiveStock', description: 'Name of the command.' })
  @AnyText()
  command!: string;

  @ApiProperty({ example: 'delivery-4711-1', description: 'Idempotency key: 1 to 255 characters.' })
  @AnyText()
  id!: string;

  @ApiProperty({ description: 'The body that the command has when it is sent alone.' })
  @AnyObject({ sku: 'TSHIRT-RED-M', locationId: 'store-1', quantity: 12, ref: 'delivery-4711' })
  data!: object;

  @ApiProperty({ format: 'date-time', description: 'When it happened for the business. Default: now.' })
  @OptionalOrNull()
  @AnyText()
  occurredAt?: string;

  @OptionalOrNull()
  @Uuid()
  correlationId?: string;

  @ApiProperty({ description: 'The channel acted for: with a staff key only.' })
  @OptionalOrNull()
  @Matching(/^[a-z0-9][a-z0-9._-]{0,63}$/, { example: 'web', message: 'channel must be the id of a channel' })
  channel?: string;
}
