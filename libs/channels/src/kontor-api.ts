import { type Position } from '#event-store';
import { ApiClient, type BatchCommand, type CommandOptions } from '#client';
import { retryDelayMs } from '#kernel';
import { type Clock, systemClock } from './clock.js';
import { TransientError } from './transient-error.js';

export interface ApiResponse {
  /** HTTP status. */
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
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
  private readonly client: ApiClient;
  private readonly clock: Clock;

  constructor({ clock = systemClock, ...options }: KontorApiOptions) {
    this.client = new ApiClient({ ...options, timeoutMs: REQUEST_TIMEOUT_MS });
    this.clock = clock;
  }

  /**
   * Sends a command until it is accepted or refused.
   * @throws TransientError when there was no definite answer within a minute
   */
  sendCommand(name: string, data: object, options: CommandOptions): Promise<ApiResponse> {
    return this.retryUntilAnswered(name, () => this.client.sendCommand(name, data, options));
  }

  /**
   * Sends many commands in one request, once.
   * @returns one answer for each command, in their order
   * @throws Error when the batch as a whole was not answered
   */
  async sendBatch(commands: readonly BatchCommand[]): Promise<readonly ApiResponse['body'][]> {
    const response = await this.client.sendBatch(commands);
    const text = await response.text();
    if (!response.ok) throw new Error(`The batch was answered with ${response.status}: ${text.slice(0, 300)}`);
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as ApiResponse['body']]));
  }

  /**
   * @param minPosition the answer must include every event up to this position
   * @throws TransientError when there was no definite answer within a minute
   */
  get(path: string, minPosition?: Position): Promise<ApiResponse> {
    const headers = minPosition === undefined ? {} : { 'kontor-min-position': String(minPosition) };
    return this.retryUntilAnswered(path, () => this.client.request(path, { headers }));
  }

  private async retryUntilAnswered(request: string, send: () => Promise<Response>): Promise<ApiResponse> {
    const end = this.clock.now() + MAX_RETRY_MS;
    for (let attempts = 1; ; attempts++) {
      const answer = await send().then(parseResponse).catch(String);
      if (typeof answer !== 'string' && !isRetryableStatus(answer.status)) return answer;
      if (this.clock.now() > end) {
        const last = typeof answer === 'string' ? answer : answer.status;
        throw new TransientError(`${request}: no definite answer: ${last}`);
      }
      await this.clock.sleep(retryDelayMs(attempts, RETRY_DELAYS, Math.random), NEVER_ABORTED);
    }
  }
}

const parseResponse = async (response: Response): Promise<ApiResponse> => {
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as ApiResponse['body'] };
};
