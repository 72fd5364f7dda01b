import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Gauge } from 'prom-client';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ApiKeys, assertScope, Public } from '#access';
import { answers } from '../docs/shapes.js';
import { Problem } from '../http/problem.js';
import { EventStoreHealth } from './event-store-health.js';
import { MetricsRegistry } from '#host/service';
import { text } from '#schema';
import { Status, type ConsumerPosition } from './status.js';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** For Prometheus. Requests from the same machine need no key, others a key with `ops:read`. */
@ApiTags('operations')
@Controller('metrics')
@Public()
export class MetricsController {
  private readonly unreadable: Gauge<'of'>;
  private readonly gauges: Readonly<Record<Exclude<keyof ConsumerPosition, 'name' | 'position'>, Gauge<'consumer'>>>;

  constructor(
    private readonly registry: MetricsRegistry,
    private readonly keys: ApiKeys,
    private readonly status: Status,
    health: EventStoreHealth,
  ) {
    const gauge = (name: string, help: string) =>
      new Gauge({ name, help, labelNames: ['consumer'], registers: [registry] });
    registry.addCounter(
      {
        name: 'kontor_subscription_drops_total',
        help: 'Subscriptions that the event store has ended and that were resumed.',
      },
      () => health.resubscriptions,
    );
    this.gauges = {
      lag: gauge('kontor_consumer_lag', 'Events that a consumer has yet to handle, counted up to 1000.'),
      lagSeconds: gauge('kontor_consumer_lag_seconds', 'Age of the oldest event that a consumer has yet to handle.'),
      parked: gauge('kontor_consumer_parked', 'Parked streams, or instances of processes, of a consumer.'),
    };
    this.unreadable = new Gauge({
      name: 'kontor_streams_not_readable',
      help: 'Streams that are parked, truncated or deleted. If it is not 0, an operator has to act.',
      labelNames: ['of'],
      registers: [registry],
    });
  }

  @Get()
  @ApiOkResponse({ content: { 'text/plain': answers(text) } })
  @ApiOperation({ summary: 'Metrics in the format of Prometheus.' })
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { socket, headers } = request;
    // A request that a proxy on this machine passes on comes from elsewhere.
    const isLocal = LOOPBACK.has(socket.remoteAddress ?? '') && !headers['x-forwarded-for'] && !headers['forwarded'];
    if (!isLocal) await this.checkKey(headers.authorization);
    await this.update();
    void reply.header('content-type', this.registry.contentType).send(await this.registry.metrics());
  }

  /** Leaves these metrics empty while the log or the database does not answer; the others are still reported. */
  private async update(): Promise<void> {
    const report = await this.status.report().catch(() => undefined);
    for (const gauge of Object.values(this.gauges)) gauge.reset();
    this.unreadable.reset();
    if (report) {
      this.unreadable.set({ of: 'parked' }, new Set(report.parked.map(({ stream }) => stream)).size);
      this.unreadable.set({ of: 'cut' }, report.cut.length);
    }
    for (const { name, ...figures } of report?.consumers ?? []) {
      this.gauges.lag.set({ consumer: name }, figures.lag);
      this.gauges.lagSeconds.set({ consumer: name }, figures.lagSeconds);
      this.gauges.parked.set({ consumer: name }, figures.parked);
    }
  }

  private async checkKey(authorization = ''): Promise<void> {
    const principal = await this.keys.authenticate(authorization.replace(/^Bearer +/i, ''));
    if (!principal) throw new Problem('unauthenticated', 'Send an API key: Authorization: Bearer kontor_…');
    assertScope(principal, 'ops:read');
  }
}
