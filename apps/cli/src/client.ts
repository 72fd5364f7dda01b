import { type Position } from '#event-store';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

/** One line of an NDJSON batch of commands. */
export interface CommandLine {
  readonly command: string;
  /** Idempotency key. */
  readonly id: string;
  readonly channel?: string;
  readonly occurredAt?: string;
  readonly data: object;
}

/** What the API answers to one line. */
export interface LineResult {
  readonly line: number;
  readonly status: number;
  readonly position?: Position;
  readonly repeated?: boolean;
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** An answer that is not a success, with what the API said about it. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly problem: { readonly title?: string; readonly detail?: string; readonly type?: string },
  ) {
    super([problem.title ?? `HTTP ${status}`, problem.detail].filter(Boolean).join(': '));
    this.name = 'ApiProblem';
  }
}

export interface CommandOptions {
  readonly id: string;
  readonly channel?: string;
  readonly occurredAt?: string;
  /** Seconds to wait for the outcome of the process that the command starts. */
  readonly wait?: number;
}

/** Talks to a running Kontor as any channel would: over its public API. */
export class KontorClient {
  constructor(
    readonly url: string,
    private readonly key: string,
  ) {}

  /** @throws ApiProblem */
  async get<Answer>(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await this.fetch(path, { headers: { ...this.headers(), ...headers } });
    return (await this.answer(response)) as Answer;
  }

  /** @throws ApiProblem */
  async post<Answer>(path: string, body: object): Promise<Answer> {
    const headers = { ...this.headers(), 'content-type': 'application/json' };
    const response = await this.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await this.answer(response)) as Answer;
  }

  /** @throws ApiProblem */
  async delete(path: string): Promise<void> {
    const response = await this.fetch(path, { method: 'DELETE', headers: this.headers() });
    if (!response.ok) throw new ApiProblem(response.status, await problemOf(response));
  }

  /** @throws ApiProblem */
  async command<Answer>(
    name: string,
    body: object,
    { id, channel, occurredAt, wait }: CommandOptions,
  ): Promise<Answer> {
    const response = await this.fetch(`/v1/commands/${name}`, {
      method: 'POST',
      headers: {
        ...this.headers(),
        'content-type': 'application/json',
        'idempotency-key': id,
        ...(channel === undefined ? {} : { 'kontor-channel': channel }),
        ...(occurredAt === undefined ? {} : { 'kontor-occurred-at': occurredAt }),
        ...(wait === undefined ? {} : { prefer: `wait=${wait}` }),
      },
      body: JSON.stringify(body),
    });
    return (await this.answer(response)) as Answer;
  }

  /** Sends many commands in one request; yields an answer per line, as they come. @throws ApiProblem */
  async *batch(lines: readonly CommandLine[]): AsyncGenerator<LineResult> {
    const response = await this.fetch(`/v1/commands`, {
      method: 'POST',
      headers: { ...this.headers(), 'content-type': 'application/x-ndjson' },
      body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    });
    if (!response.ok || !response.body) throw new ApiProblem(response.status, await problemOf(response));
    const input = Readable.fromWeb(response.body);
    for await (const text of createInterface({ input })) if (text) yield JSON.parse(text) as LineResult;
  }

  private async fetch(path: string, request: RequestInit): Promise<Response> {
    try {
      return await fetch(this.url + path, request);
    } catch (error) {
      if ((error as Error).message !== 'fetch failed') throw error;
      throw new Error(`Nothing answers at ${this.url}`, { cause: error });
    }
  }

  private headers() {
    return { authorization: `Bearer ${this.key}` };
  }

  private async answer(response: Response): Promise<unknown> {
    if (!response.ok) throw new ApiProblem(response.status, await problemOf(response));
    return response.json();
  }
}

const problemOf = async (response: Response) => {
  const text = await response.text();
  try {
    return JSON.parse(text) as { title?: string; detail?: string };
  } catch {
    return { detail: text.slice(0, 200) };
  }
};
