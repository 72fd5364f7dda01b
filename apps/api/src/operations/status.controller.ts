import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '#access';
import { ref } from '#schema';
import { answers } from '../docs/shapes.js';
import { Status } from './status.js';

@ApiTags('operations')
@Controller('v1/status')
@RequireScope('ops:read')
export class StatusController {
  constructor(private readonly status: Status) {}

  @Get()
  @ApiOperation({ summary: 'The position and lag of every consumer of the log, and parked streams.' })
  @ApiOkResponse(answers(ref('Status')))
  get() {
    return this.status.report();
  }
}
