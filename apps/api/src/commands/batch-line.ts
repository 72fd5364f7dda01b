import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, IsOptional, IsString, IsUUID, Matches } from 'class-validator';

/** One line of a batch: a command with what its headers would say. */
export class BatchLine {
  @ApiProperty({ example: 'ReceiveStock', description: 'Name of the command.' })
  @IsString()
  command!: string;

  @ApiProperty({ example: 'delivery-4711-1', description: 'Idempotency key: 1 to 255 characters.' })
  @IsString()
  id!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { sku: 'TSHIRT-RED-M', locationId: 'store-1', quantity: 12, ref: 'delivery-4711' },
    description: 'The body that the command has when it is sent alone.',
  })
  @IsObject()
  data!: object;

  @ApiPropertyOptional({ format: 'date-time', description: 'When it happened for the business. Default: now.' })
  @IsOptional()
  @IsString()
  occurredAt?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  correlationId?: string;

  @ApiPropertyOptional({ example: 'web', description: 'The channel acted for: with a staff key only.' })
  @IsOptional()
  @Matches(/^[a-z0-9][a-z0-9._-]{0,63}$/, { message: 'channel must be the id of a channel' })
  channel?: string;
}
