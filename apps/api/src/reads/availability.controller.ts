import { Controller, Get, Query as QueryString, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, RequireScope, type Principal } from '#access';
import { Availability } from '#stock';
import { IdParameter, SkusParameter } from '../docs/parameters.js';
import { answers, itemsOf } from '../docs/shapes.js';
import { Problem } from '../http/problem.js';
import { MinPositionGuard, MinPosition } from './min-position.guard.js';
import { id, MAX_SKUS, skus, type Query } from './query.js';

@ApiTags('stock')
@Controller('v1/availability')
@RequireScope('stock:read')
@UseGuards(MinPositionGuard)
export class AvailabilityController {
  constructor(private readonly availability: Availability) {}

  @Get()
  @MinPosition()
  @ApiOperation({ summary: 'The availability of SKUs on a channel.' })
  @IdParameter('channel', "Default: the key's own.")
  @SkusParameter(MAX_SKUS)
  @ApiOkResponse(answers(itemsOf('Availability')))
  async get(@QueryString() query: Query, @Caller() { channel: own, isStaff }: Principal) {
    const channel = id(query, 'channel') ?? own;
    if (channel !== own && !isStaff) throw new Problem('forbidden', `This key may read the channel ${own} only.`);
    return { items: await this.availability.forSkus(channel, skus(query)) };
  }
}
