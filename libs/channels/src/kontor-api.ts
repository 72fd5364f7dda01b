import { type Position } from '#event-store';
import { retryDelayMs } from '#kernel';
import { type Clock, systemClock } from './clock.js';
import { TransientError } from './transient-error.js';

/** One command of a batch, in the form of the API's NDJSON. */
export interface BatchCommand {
  /** Name of the command, such as `RecordOrder`. */
  readonly command: string;
  /** Idempotency key. */
  readonly id: string;
  readonly data: object;
  /** ISO 8601. Given where something is reported later than it happened. */
  readonly occurredAt?: string;
  /** UUID that groups the commands of one conversation. */
  readonly correlationId?: string;
}

export interface ApiResponse {
  /** HTTP status. */
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface CommandOptions {
  /** Idempotency key, derived from the partner's own id for the case, so that a repeat has no second effect. */
  readonly id: string;
  /** ISO 8601. */
  readonly occurredAt?: string;
  /** Seconds that the API may wait for the outcome of a process, such as a checkout. */
  readonly wait?: number;
}

interface KontorApiOptions {
  readonly url: string;
  /** API key of staff. */
  readonly key: string;
  /** Id of the channel on whose behalf commands are sent. */
  readonly channel: string;
  readonly clock?: Clock;
}

const REQUEST_TIMEOUT_MS = 30_000;
const MAX_RETRY_MS = 60_000;
const RETRY_DELAYS = { firstMs: 200, maxMs: 5_000 };
const NEVER_ABORTED = new AbortController().signal;

/** A status that leaves open whether the request was carried out, or that asks for a later attempt. */
export const isRetryableStatus = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** Client of Kontor's own HTTP API. A request without a definite answer is sent again under the same idempotency key. */
export class KontorApi {
  private readonly clock: Clock;

  constructor(private readonly options: KontorApiOptions) {
    this.clock = options.clock ?? systemClock;
  }

  /**
   * Sends a command until it is accepted or refused.
   * @throws TransientError when there was no definite answer within a minute
   */
  sendCommand(name: string, data: object, { id, occurredAt, wait }: CommandOptions): Promise<ApiResponse> {
    return this.retryUntilAnswered(`/v1/commands/${name}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': id,
        ...(occurredAt !== undefined && { 'kontor-occurred-at': occurredAt }),
        ...(wait !== undefined && { prefer: `wait=${wait}` }),
      },
      body: JSON.stringify(data),
    });
  }

  /**
   * Sends many commands in one request, once.
   * @returns one answer for each command, in their order
   * @throws Error when the batch as a whole was not answered
   */
  async sendBatch(commands: readonly BatchCommand[]): Promise<readonly ApiResponse['body'][]> {
    const { channel } = this.options;
    const body = commands.map((command) => `${JSON.stringify({ ...command, channel })}\n`).join('');
    const init = { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body };
    const response = await this.fetch('/v1/commands', init);
    const text = await response.text();
    if (!response.ok) throw new Error(`The batch was answered with ${response.status}: ${text.slice(0, 300)}`);
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as ApiResponse['body']]));
  }

  /**
   * @param minPosition the answer must include every event up to this position
   * @throws TransientError when there was no definite answer within a minute
   */
  get(path: string, minPosition?: Position): Promise<ApiResponse> {
    return this.retryUntilAnswered(path, {
      headers: { ...(minPosition !== undefined && { 'kontor-min-position': String(minPosition) }) },
    });
  }

  private async retryUntilAnswered(path: string, init: RequestInit): Promise<ApiResponse> {
    const end = this.clock.now() + MAX_RETRY_MS;
    for (let attempts = 1; ; attempts++) {
      const answer = await this.request(path, init).catch(String);
      if (typeof answer !== 'string' && !isRetryableStatus(answer.status)) return answer;
      if (this.clock.now() > end)
        throw new TransientError(`${path}: no definite answer: ${typeof answer === 'string' ? answer : answer.status}`);
      await this.clock.sleep(retryDelayMs(attempts, RETRY_DELAYS, Math.random), NEVER_ABORTED);
    }
  }

  private async request(path: string, init: RequestInit): Promise<ApiResponse> {
    const response = await this.fetch(path, init);
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as ApiResponse['body'] };
  }

  private fetch(path: string, init: RequestInit): Promise<Response> {
    const { url, key, channel } = this.options;
    return fetch(url + path, {
      ...init,
      headers: { authorization: `Bearer ${key}`, 'kontor-channel': channel, ...(init.headers as object) },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  }
}
