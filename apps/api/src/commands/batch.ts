import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { KeyedQueue } from '#kernel';
import { RateLimiter, type Principal } from '#access';
import { checkedKey, occurredAt } from '../http/headers.js';
import { answerOrLog, Problem, type ProblemDocument } from '../http/problem.js';
import { BatchLine } from './batch-line.js';
import { readBody } from './body-reader.js';
import { Gateway, type Accepted } from './gateway.js';
import { lines, type Line } from './lines.js';

const MAX_LINE = 1024 * 1024;
const MAX_BATCH_LINES = 50_000;
/** Commands of one batch that are worked on at the same time. */
const WIDTH = 64;

/** The answer to one line: what its command would have been answered alone. */
export type LineAnswer = { readonly line: number; readonly id?: string; readonly status: number } & (
  Accepted | ProblemDocument
);

/** Many commands in one request, for example the day of a till that was offline. */
@Injectable()
export class Batch {
  private readonly logger = new Logger('batch');

  constructor(
    private readonly gateway: Gateway,
    private readonly limiter: RateLimiter,
  ) {}

  /**
   * Answers line by line, in the order of the lines and as soon as it can. Commands for one stream keep their order.
   * A slow reader slows the reading of the body down.
   */
  run(body: AsyncIterable<Buffer>, principal: Principal): Readable {
    const inOrder = new KeyedQueue();
    const answer = async (line: Line) => `${JSON.stringify(await this.answer(line, principal, inOrder))}\n`;
    return Readable.from(atMost(lines(body, MAX_LINE))).map(answer, { concurrency: WIDTH });
  }

  private async answer({ number, text }: Line, principal: Principal, inOrder: KeyedQueue): Promise<LineAnswer> {
    let id: string | undefined;
    try {
      const line = parse(text, number);
      id = line.id;
      await this.paced(principal);
      const accepted = await this.send(line, principal, inOrder);
      return { line: number, id, status: 200, ...accepted };
    } catch (error) {
      const { document } = answerOrLog(error, this.logger, 'POST /v1/commands');
      return { line: number, ...(id !== undefined && { id }), ...document };
    }
  }

  /** A line costs what a command costs; instead of being refused, it waits. */
  private async paced({ keyId }: Principal): Promise<void> {
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

async function* atMost(source: AsyncIterable<Line>): AsyncGenerator<Line> {
  for await (const line of source) {
    yield line;
    if (line.number > MAX_BATCH_LINES) return;
  }
}

/** @throws Problem */
const parse = (text: string | undefined, number: number): BatchLine => {
  if (text === undefined) throw new Problem('too-large', `A line has at most ${MAX_LINE} bytes.`);
  if (number > MAX_BATCH_LINES)
    throw new Problem('too-large', `A batch has at most ${MAX_BATCH_LINES} lines: the rest was not read.`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Problem('malformed-request', 'The line is not JSON.');
  }
  return readBody(BatchLine, parsed);
};

/** @throws Problem */
export const actingFor = (channel: string | undefined, principal: Principal): Principal => {
  if (channel === undefined || channel === principal.channel) return principal;
  if (principal.isStaff) return { ...principal, channel };
  throw new Problem('forbidden', 'Only a staff key may act for another channel.');
};
