import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type IncomingMessage } from 'node:http';
import { AnyKey, Caller, type Principal } from '#access';
import { idOf } from '#event-store';
import { etag } from '../http/conditional.js';
import { correlationId, idempotencyKey, invalid, occurredAt, preferredWait, traceparent } from '../http/headers.js';
import { Problem } from '../http/problem.js';
import { answers, ref } from '../docs/shapes.js';
import { Batch } from './batch.js';
import { BatchLine } from './batch-line.js';
import { Gateway, type Accepted } from './gateway.js';
import { Settled } from './settled.js';
import { inTime, type Wait, waitOf } from './wait.js';

type HeaderMap = FastifyRequest['headers'];

/** Commands in, outcomes out. Who may send which one is the contract's to say. */
@ApiTags('commands')
@Controller('v1/commands')
@AnyKey()
export class CommandsController {
  constructor(
    private readonly gateway: Gateway,
    private readonly batch: Batch,
    private readonly settled: Settled,
  ) {}

  @Post(':name')
  async send(
    @Param('name') name: string,
    @Req() { headers, body }: FastifyRequest,
    @Caller() principal: Principal,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (isStream(body))
      throw new Problem('unsupported-media-type', 'Send application/json; batches go to /v1/commands.');
    if (headers['if-match'] !== undefined)
      throw invalid('If-Match', 'is not for commands: they decide on the newest state');
    const wait = waitOf(preferredWait(headers.prefer));
    const accepted = await inTime(this.gateway.execute(requestOf(name, headers, body), principal), wait);
    describe(accepted, reply);
    if (name === 'PlaceOrder') await this.answerOrder({ accepted, principal, wait, reply });
    else await this.answer(accepted, wait, reply);
  }

  @Post()
  @ApiConsumes('application/x-ndjson')
  @ApiBody({ type: BatchLine, description: 'One such object per line; at most 50,000 lines of 1 MiB.' })
  @ApiOkResponse({ content: { 'application/x-ndjson': answers(ref('BatchAnswer')) } })
  @ApiOperation({ summary: 'Sends many commands, one per line; answers line by line, in the same order.' })
  sendBatch(@Body() body: unknown, @Caller() principal: Principal, @Res() reply: FastifyReply): void {
    if (!isStream(body)) {
      throw new Problem(
        'unsupported-media-type',
        'Send application/x-ndjson here, or a command to /v1/commands/{name}.',
      );
    }
    void reply.status(200).header('content-type', 'application/x-ndjson').send(this.batch.run(body, principal));
  }

  private async answer(accepted: Accepted, wait: Wait | undefined, reply: FastifyReply) {
    const { position } = accepted;
    if (wait && position !== undefined && (await this.settled.visible(position, wait.leftMs()))) {
      void reply.header('preference-applied', `wait=${wait.seconds}`);
    }
    void reply.status(200).send(accepted);
  }

  /** An order is answered once its checkout has ended, as far as the caller wants to wait for that. */
  private async answerOrder({ accepted, principal, wait, reply }: OrderAnswer) {
    const orderId = idOf(accepted.stream);
    void reply.header('location', `/v1/orders/${encodeURIComponent(orderId)}`);
    const end =
      wait === undefined ? undefined : await this.settled.order(orderId, principal, wait.leftMs(), accepted.repeated);
    if (!end) {
      void reply.status(202).send({ ...accepted, state: 'pending' });
      return;
    }
    void reply
      .status(200)
      .header('preference-applied', `wait=${wait?.seconds}`)
      .send({ ...accepted, ...end });
  }
}

interface OrderAnswer {
  readonly accepted: Accepted;
  readonly principal: Principal;
  readonly wait: Wait | undefined;
  readonly reply: FastifyReply;
}

const isStream = (body: unknown): body is IncomingMessage =>
  typeof body === 'object' && body !== null && 'pipe' in body;

const requestOf = (name: string, headers: HeaderMap, body: unknown) => ({
  name,
  key: idempotencyKey(headers['idempotency-key']),
  body,
  occurredAt: occurredAt(headers['kontor-occurred-at'], new Date()),
  correlationId: correlationId(headers['kontor-correlation-id']),
  traceparent: traceparent(headers['traceparent']),
});

const describe = ({ revision, position, repeated }: Accepted, reply: FastifyReply) => {
  void reply.header('etag', etag(revision));
  if (position !== undefined) void reply.header('kontor-position', String(position));
  if (repeated) void reply.header('idempotency-replayed', 'true');
};
