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
  @ApiOperation({ summary: 'All locations: warehouses, stores, partners.' })
  locations() {
    return { items: this.network.locations() };
  }

  @Get('channels')
  @ApiOkResponse(answers(itemsOf('Channel')))
  @ApiOperation({ summary: 'All channels for staff; for a channel only its own entry.' })
  channels(@Caller() { channel, isStaff }: Principal) {
    const all = this.network.channels();
    return { items: isStaff ? all : all.filter(({ channelId }) => channelId === channel) };
  }
}
