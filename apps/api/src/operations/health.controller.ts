import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '#access';
import { listOf, object, text } from '#schema';
import { answers } from '../docs/shapes.js';
import { Problem } from '../http/problem.js';
import { Readiness } from './readiness.js';

const healthy = answers(object({ status: text }));
const ready = answers(
  object({ status: text, notReadable: listOf(object({ stream: text, reason: text })), warnings: listOf(text) }),
);
/** Readiness is public, so it is checked at most this often. */
const CACHE_MS = 500;

@ApiTags('operations')
@Controller('health')
@Public()
export class HealthController {
  private latest: { readonly result: ReturnType<HealthController['check']>; readonly until: number } | undefined;

  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @ApiOperation({ summary: 'The process answers.' })
  @ApiOkResponse(healthy)
  live() {
    return { status: 'live' };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'The log and the database answer, and read models are not stale. Streams that cannot be read are listed.',
  })
  @ApiOkResponse(ready)
  async ready() {
    const { troubles, ...details } = await this.latestResult();
    if (Object.keys(troubles).length === 0) return { status: 'ready', ...details };
    throw new Problem('unavailable', 'Not ready.', { troubles });
  }

  private latestResult() {
    const now = Date.now();
    if (!this.latest || this.latest.until < now) this.latest = { result: this.check(), until: now + CACHE_MS };
    return this.latest.result;
  }

  private async check() {
    const { readiness } = this;
    const [troubles, notReadable, warnings] = await Promise.all([
      readiness.troubles(),
      readiness.unreadableStreams(),
      readiness.warnings(),
    ]);
    return { troubles, notReadable, warnings };
  }
}
