import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { KeyedQueue, parseJson } from '#kernel';
import { KeyWatch, RateLimiter, type Principal } from '#access';
import { checkedKey, occurredAt } from '../http/headers.js';
import { answerOrLog, Problem, type ProblemDocument } from '../http/problem.js';
import { BatchLine } from './batch-line.js';
import { readBody } from './body-reader.js';
import { Gateway, type Accepted } from './gateway.js';
import { lines, type Line } from './lines.js';

const MAX_LINE = 1024 * 1024;
const MAX_BATCH_LINES = 50_000;
const MAX_CONCURRENT_COMMANDS = 64;

/** The answer to one line, which is that of the command over HTTP. */
export type LineAnswer = { readonly line: number; readonly id?: string; readonly status: number } & (
  Accepted | ProblemDocument
);

interface Sending {
  readonly principal: Principal;
  /** Commands for one stream, one after the other. */
  readonly inOrder: KeyedQueue;
  /** Aborted once the key is no longer valid. */
  readonly signal: AbortSignal;
}

/** Many commands in one request, for example the day of a till that was offline. */
@Injectable()
export class Batch {
  private readonly logger = new Logger('batch');

  constructor(
    private readonly gateway: Gateway,
    private readonly limiter: RateLimiter,
    private readonly keyWatch: KeyWatch,
  ) {}

  /**
   * Yields the answers in the order of the lines, each as soon as it is known. Commands for one stream keep their order.
   * A slow reader of the answers slows down the reading of the body. Once the key has ended, the rest is answered with 401.
   */
  run(body: AsyncIterable<Buffer>, principal: Principal): Readable {
    const inOrder = new KeyedQueue();
    const { signal, release } = this.keyWatch.watch(principal.keyId);
    const sending = { principal, inOrder, signal };
    const answer = async (line: Line) => `${JSON.stringify(await this.answer(line, sending))}\n`;
    const answers = Readable.from(limitLines(lines(body, MAX_LINE))).map(answer, {
      concurrency: MAX_CONCURRENT_COMMANDS,
    });
    return answers.once('close', release);
  }

  private async answer({ number, bytes }: Line, { principal, inOrder, signal }: Sending): Promise<LineAnswer> {
    let id: string | undefined;
    try {
      const line = parse(bytes, number);
      id = line.id;
      await this.waitForBudget(principal);
      if (signal.aborted) throw new Problem('unauthenticated', 'The API key was revoked or has expired.');
      const accepted = await this.send(line, principal, inOrder);
      return { line: number, id, status: 200, ...accepted };
    } catch (error) {
      const { document } = answerOrLog(error, this.logger, 'POST /v1/commands');
      return { line: number, ...(id !== undefined && { id }), ...document };
    }
  }

  /** A line counts against the rate limit like a command, but it waits instead of being refused. */
  private async waitForBudget({ keyId }: Principal): Promise<void> {
    for (;;) {
      const retryAfter = this.limiter.take(keyId, 'write', performance.now());
      if (retryAfter === 0) return;
      await pause(retryAfter * 1000);
    }
  }

  private send(line: BatchLine, principal: Principal, inOrder: KeyedQueue) {
    const request = {
      name: line.command,
      key: checkedKey(line.id),
      body: line.data,
      occurredAt: occurredAt(line.occurredAt, new Date()),
      correlationId: line.correlationId,
    };
    return this.gateway.execute(request, actingFor(line.channel, principal), inOrder);
  }
}

async function* limitLines(source: AsyncIterable<Line>): AsyncGenerator<Line> {
  for await (const line of source) {
    yield line;
    if (line.number > MAX_BATCH_LINES) return;
  }
}

/** @throws Problem, UnreadableJson */
const parse = (bytes: Buffer | undefined, number: number): BatchLine => {
  if (bytes === undefined) throw new Problem('too-large', `A line has at most ${MAX_LINE} bytes.`);
  if (number > MAX_BATCH_LINES)
    throw new Problem('too-large', `A batch has at most ${MAX_BATCH_LINES} lines: the rest was not read.`);
  return readBody(BatchLine, parseJson(bytes));
};

/** @throws Problem */
export const actingFor = (channel: string | undefined, principal: Principal): Principal => {
  if (channel === undefined || channel === principal.channel) return principal;
  if (principal.isStaff) return { ...principal, channel };
  throw new Problem('forbidden', 'Only a staff key may act for another channel.');
};
