import { setTimeout as pause } from 'node:timers/promises';
import { type BatchCommand } from '#client';
import { retryDelayMs } from '#kernel';
import { ApiProblem, type KontorClient, type LineResult } from './client.js';
import { type Progress } from './terminal.js';

/** A command that the API refused, and why. */
export interface Refused {
  readonly id: string;
  readonly command: string;
  readonly reason: string;
  /** Code of the problem. */
  readonly code?: string;
}

export interface Sent {
  readonly accepted: number;
  readonly repeated: number;
  readonly refused: readonly Refused[];
}

const BATCH = 100;
const CONCURRENT_BATCHES = 4;
const MAX_SILENCE_MS = 60_000;
const DELAYS = { firstMs: 100, maxMs: 2_000 };

const reasonOf = ({ code, title, detail, errors }: LineResult) =>
  [code ?? title, ...(errors?.map(({ field, message }) => `${field}: ${message}`) ?? [detail])]
    .filter(Boolean)
    .join(' · ');

/**
 * Sends commands in batches, several at a time. Commands without an answer are sent again with the same ids, so none is lost
 * or carried out twice.
 * @throws Error if the API answers nothing for a minute
 */
export class BatchSender {
  private accepted = 0;
  private repeated = 0;
  private readonly refused: Refused[] = [];

  constructor(
    private readonly client: KontorClient,
    private readonly progress: Progress,
    /** Called for each command that was carried out now and not before. */
    private readonly onAccepted: (command: BatchCommand) => void = () => undefined,
  ) {}

  async send(lines: Iterable<BatchCommand> | AsyncIterable<BatchCommand>): Promise<Sent> {
    const batches = chunks(lines);
    await Promise.all(Array.from({ length: CONCURRENT_BATCHES }, () => this.work(batches)));
    return { accepted: this.accepted, repeated: this.repeated, refused: this.refused };
  }

  private async work(batches: AsyncIterator<BatchCommand[], undefined>) {
    for (let next = await batches.next(); !next.done; next = await batches.next())
      await this.sendUntilAnswered(next.value);
  }

  private async sendUntilAnswered(batch: readonly BatchCommand[]) {
    let open = batch;
    for (let started = performance.now(), tries = 1; open.length > 0; tries++) {
      const before = open.length;
      open = await this.once(open);
      if (open.length === 0) return;
      if (open.length < before) started = performance.now();
      if (performance.now() - started > MAX_SILENCE_MS) throw new Error('The API does not take commands any more');
      await pause(retryDelayMs(tries, DELAYS));
    }
  }

  /** @returns the lines that must be sent again */
  private async once(batch: readonly BatchCommand[]): Promise<BatchCommand[]> {
    const open = new Map(batch.map((line, index) => [index + 1, line]));
    try {
      for await (const result of this.client.batch(batch)) {
        const line = open.get(result.line);
        if (!line || [429, 502, 503, 504].includes(result.status)) continue;
        open.delete(result.line);
        this.count(line, result);
      }
    } catch (error) {
      // The API may be restarting. A refusal of the whole request is final.
      if (error instanceof ApiProblem && error.status < 500 && error.status !== 429) throw error;
    }
    return [...open.values()];
  }

  private count(command: BatchCommand, result: LineResult) {
    const { id, command: name } = command;
    const { code } = result;
    if (result.status >= 400)
      this.refused.push({ id, command: name, reason: reasonOf(result), ...(code !== undefined && { code }) });
    else if (result.repeated) this.repeated++;
    else this.accepted++;
    if (result.status < 400 && !result.repeated) this.onAccepted(command);
    this.progress.update(this.accepted + this.repeated + this.refused.length);
  }
}

async function* chunks(
  lines: Iterable<BatchCommand> | AsyncIterable<BatchCommand>,
): AsyncGenerator<BatchCommand[], undefined> {
  let chunk: BatchCommand[] = [];
  for await (const line of lines) {
    chunk.push(line);
    if (chunk.length < BATCH) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
  return undefined;
}
