import { Controller, Get, Query as QueryString, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Caller, RequireScope, type Principal } from '#access';
import { Availability } from '#stock';
import { answers, itemsOf } from '../docs/shapes.js';
import { Problem } from '../http/problem.js';
import { Fresh, MinPosition } from './fresh.guard.js';
import { one, skus, type Query } from './query.js';

@ApiTags('stock')
@Controller('v1/availability')
@RequireScope('stock:read')
@UseGuards(Fresh)
export class AvailabilityController {
  constructor(private readonly availability: Availability) {}

  @Get()
  @MinPosition()
  @ApiOperation({ summary: 'What a channel can promise of some SKUs now.' })
  @ApiQuery({ name: 'channel', required: false, description: "Default: the key's own." })
  @ApiQuery({ name: 'sku', isArray: true, type: String, description: 'Repeated or comma-separated, at most 500.' })
  @ApiOkResponse(answers(itemsOf('Availability')))
  async get(@QueryString() query: Query, @Caller() { channel: own, isStaff }: Principal) {
    const channel = one(query, 'channel') ?? own;
    if (channel !== own && !isStaff) throw new Problem('forbidden', `This key sees the channel ${own} only.`);
    return { items: await this.availability.forSkus(channel, skus(query)) };
  }
}
