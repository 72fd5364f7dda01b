import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type IncomingMessage } from 'node:http';
import { ModuleRef } from '@nestjs/core';
import { AnyKey, Caller, readScope, type Principal } from '#access';
import { idOf, type Completion, type CompletionPort } from '#event-store';
import { PositionWaiter } from '#projections';
import { ref } from '#schema';
import { etag } from '../http/conditional.js';
import { correlationId, idempotencyKey, invalid, occurredAt, preferredWait, traceparent } from '../http/headers.js';
import { Problem } from '../http/problem.js';
import { answers } from '../docs/shapes.js';
import { Batch } from './batch.js';
import { BatchLine } from './batch-line.js';
import { Gateway, type Accepted } from './gateway.js';
import { answerWithin, type Wait, waitOf } from './wait.js';

type HeaderMap = FastifyRequest['headers'];

/** Takes commands over HTTP. The contract of each command says which scope it needs. */
@ApiTags('commands')
@Controller('v1/commands')
@AnyKey()
export class CommandsController {
  constructor(
    private readonly gateway: Gateway,
    private readonly batch: Batch,
    private readonly readModel: PositionWaiter,
    private readonly host: ModuleRef,
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
      throw invalid('If-Match', 'does not apply to commands: they decide on the newest state');
    const wait = waitOf(preferredWait(headers.prefer));
    const accepted = await answerWithin(this.gateway.execute(requestOf(name, headers, body), principal), wait);
    setHeaders(accepted, reply);
    const { completion } = this.gateway.contractOf(name);
    if (completion) await this.answerWithCompletion(completion, { accepted, principal, wait, reply });
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
    if (wait && position !== undefined && (await this.readModel.reached(position, wait.leftMs()))) {
      void reply.header('preference-applied', `wait=${wait.seconds}`);
    }
    void reply.status(200).send(accepted);
  }

  /** Answers with the end of the work that the command began, or with 202 if that takes longer than the caller waits. */
  private async answerWithCompletion(completion: Completion, { accepted, principal, wait, reply }: Answering) {
    const id = idOf(accepted.stream);
    void reply.header('location', completion.location(id));
    const completed = wait && (await this.completionOf(completion, id, { accepted, principal, wait }));
    if (!completed) {
      void reply.status(202).send({ ...accepted, state: 'pending' });
      return;
    }
    void reply
      .status(200)
      .header('preference-applied', `wait=${wait.seconds}`)
      .send({ ...accepted, ...completed });
  }

  private completionOf(
    { port }: Completion,
    id: string,
    { accepted, principal, wait }: Pick<Answering, 'accepted' | 'principal'> & { readonly wait: Wait },
  ) {
    const completions = this.host.get<CompletionPort>(port, { strict: false });
    const { repeated: mayHaveEnded } = accepted;
    return completions.completionOf(id, readScope(principal), { timeoutMs: wait.leftMs(), mayHaveEnded });
  }
}

interface Answering {
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

const setHeaders = ({ revision, position, repeated }: Accepted, reply: FastifyReply) => {
  void reply.header('etag', etag(revision));
  if (position !== undefined) void reply.header('kontor-position', String(position));
  if (repeated) void reply.header('idempotency-replayed', 'true');
};
