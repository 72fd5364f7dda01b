import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, RequireScope, type Principal } from '#access';
import { NetworkDirectory } from '#network';
import { answers, itemsOf } from '../docs/shapes.js';

@ApiTags('network')
@Controller('v1')
@RequireScope('network:read')
export class NetworkController {
  constructor(private readonly network: NetworkDirectory) {}

  @Get('locations')
  @ApiOkResponse(answers(itemsOf('Location')))
  @ApiOperation({ summary: 'Every location: warehouses, stores, partners.' })
  locations() {
    return { items: this.network.locations() };
  }

  @Get('channels')
  @ApiOkResponse(answers(itemsOf('Channel')))
  @ApiOperation({ summary: 'The channels: all for staff, its own for a channel.' })
  channels(@Caller() { channel, isStaff }: Principal) {
    const all = this.network.channels();
    return { items: isStaff ? all : all.filter(({ channelId }) => channelId === channel) };
  }
}
