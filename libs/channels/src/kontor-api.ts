import { retryDelayMs } from '#kernel';
import { type Position } from '#event-store';
import { TryAgain } from './consuming/try-again.js';
import { type Clock, systemClock } from './clock.js';

/** A command as the API takes it, for batches. */
export interface CommandLine {
  readonly command: string;
  /** Idempotency key. */
  readonly id: string;
  readonly data: object;
  /** ISO 8601, for what happened before it is told. */
  readonly occurredAt?: string;
  /** UUID of the conversation. */
  readonly correlationId?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Sending {
  /** Idempotency key: derive it from what the other side calls it, so that a repeat is harmless. */
  readonly id: string;
  readonly occurredAt?: string;
  /** Seconds to wait for what comes of it. */
  readonly wait?: number;
}

interface Kontor {
  readonly url: string;
  readonly key: string;
  /** For whom commands are sent. */
  readonly channel: string;
  readonly clock?: Clock;
}

const ANSWERS_WITHIN_MS = 30_000;
const DELAYS = { firstMs: 200, maxMs: 5_000 };
const GIVES_UP_AFTER_MS = 60_000;

const isOpen = (status: number) => status === 408 || status === 429 || status >= 500;

/** Kontor's own API, as an adapter uses it: what has no definite answer is sent again under the same id. */
export class KontorApi {
  private readonly clock: Clock;

  constructor(private readonly kontor: Kontor) {
    this.clock = kontor.clock ?? systemClock;
  }

  /** The definite answer, yes or no. @throws TryAgain when there is none for a minute */
  command(name: string, data: object, { id, occurredAt, wait }: Sending): Promise<ApiAnswer> {
    return this.insist(`/v1/commands/${name}`, {
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

  /** Many commands in one request: an answer per line, in order. @throws Error when there is no answer */
  async batch(lines: readonly CommandLine[]): Promise<readonly ApiAnswer['body'][]> {
    const body = lines.map((line) => `${JSON.stringify({ ...line, channel: this.kontor.channel })}\n`).join('');
    const init = { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body };
    const response = await this.fetch('/v1/commands', init);
    const text = await response.text();
    if (!response.ok) throw new Error(`The batch was answered with ${response.status}: ${text.slice(0, 300)}`);
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as ApiAnswer['body']]));
  }

  /** @param position what was recorded up to here must be seen */
  get(path: string, position?: Position): Promise<ApiAnswer> {
    return this.insist(path, {
      headers: { ...(position !== undefined && { 'kontor-min-position': String(position) }) },
    });
  }

  private async insist(path: string, init: RequestInit): Promise<ApiAnswer> {
    const end = this.clock.now() + GIVES_UP_AFTER_MS;
    for (let tries = 1; ; tries++) {
      const answer = await this.ask(path, init).catch(String);
      if (typeof answer !== 'string' && !isOpen(answer.status)) return answer;
      if (this.clock.now() > end)
        throw new TryAgain(`${path}: no definite answer: ${typeof answer === 'string' ? answer : answer.status}`);
      await this.clock.sleep(retryDelayMs(tries, DELAYS, Math.random), NEVER);
    }
  }

  private async ask(path: string, init: RequestInit): Promise<ApiAnswer> {
    const response = await this.fetch(path, init);
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as ApiAnswer['body'] };
  }

  private fetch(path: string, init: RequestInit): Promise<Response> {
    const { url, key, channel } = this.kontor;
    return fetch(url + path, {
      ...init,
      headers: { authorization: `Bearer ${key}`, 'kontor-channel': channel, ...(init.headers as object) },
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
  }
}

const NEVER = new AbortController().signal;
