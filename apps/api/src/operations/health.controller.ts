import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '#access';
import { answers, object, text } from '../docs/shapes.js';
import { Problem } from '../http/problem.js';
import { Readiness } from './readiness.js';

const healthy = answers(object({ status: text }));
/** Anyone may ask, so it is looked up at most this often. */
const CACHE_MS = 500;

@ApiTags('operations')
@Controller('health')
@Public()
export class HealthController {
  private latest: { readonly troubles: ReturnType<Readiness['troubles']>; readonly until: number } | undefined;

  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @ApiOperation({ summary: 'The process answers.' })
  @ApiOkResponse(healthy)
  live() {
    return { status: 'live' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'It can serve: the log and the database answer, and what it reads is not stale.' })
  @ApiOkResponse(healthy)
  async ready() {
    const troubles = await this.troubles();
    if (Object.keys(troubles).length === 0) return { status: 'ready' };
    throw new Problem('unavailable', 'Not ready.', { troubles });
  }

  private troubles() {
    const now = Date.now();
    if (!this.latest || this.latest.until < now)
      this.latest = { troubles: this.readiness.troubles(), until: now + CACHE_MS };
    return this.latest.troubles;
  }
}
