import { ApiClient, type BatchCommand, type CommandOptions } from '#client';
import { type Position } from '#event-store';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

/** The answer of the API to one line. */
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

/** An unsuccessful answer, with its problem document. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly problem: { readonly title?: string; readonly detail?: string; readonly type?: string },
  ) {
    super([problem.title ?? `HTTP ${status}`, problem.detail].filter(Boolean).join(': '));
    this.name = 'ApiProblem';
  }
}

/** The API, the database or the event store cannot answer now. */
export const isTemporary = (error: unknown): boolean =>
  error instanceof NothingAnswers || (error instanceof ApiProblem && [429, 502, 503, 504].includes(error.status));

class NothingAnswers extends Error {}

/** For `catch`: undefined in the place of what does not exist. @throws ApiProblem of any other kind */
export const undefinedIfMissing = (error: unknown): undefined => {
  if (error instanceof ApiProblem && error.status === 404) return undefined;
  throw error;
};

/** A client of the public API of a running Kontor. */
export class KontorClient {
  private readonly client: ApiClient;

  constructor(
    readonly url: string,
    key: string,
  ) {
    this.client = new ApiClient({ url, key });
  }

  /** @throws ApiProblem */
  async get<Answer>(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.answer(this.client.request(path, { headers }));
  }

  /** @throws ApiProblem */
  async post<Answer>(path: string, body: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return this.answer(this.client.request(path, { method: 'POST', headers, body: JSON.stringify(body) }));
  }

  /** @throws ApiProblem */
  async delete(path: string): Promise<void> {
    await this.accepted(this.client.request(path, { method: 'DELETE' }));
  }

  /** @throws ApiProblem */
  command<Answer>(name: string, body: object, options: CommandOptions): Promise<Answer> {
    return this.answer(this.client.sendCommand(name, body, options));
  }

  /** Sends many commands in one request, and yields the answer to each line as it arrives. @throws ApiProblem */
  async *batch(commands: readonly BatchCommand[]): AsyncGenerator<LineResult> {
    const { body } = await this.accepted(this.client.sendBatch(commands));
    if (!body) return;
    for await (const text of createInterface({ input: Readable.fromWeb(body) }))
      if (text) yield JSON.parse(text) as LineResult;
  }

  private async accepted(sent: Promise<Response>): Promise<Response> {
    const response = await sent.catch((error: unknown) => {
      if ((error as Error).message !== 'fetch failed') throw error;
      if (!/^https?:\/\//.test(this.url))
        throw new Error(`${this.url} does not begin with http:// or https://`, { cause: error });
      throw new NothingAnswers(`Nothing answers at ${this.url}`, { cause: error });
    });
    if (!response.ok) throw new ApiProblem(response.status, await problemOf(response));
    return response;
  }

  private async answer<Answer>(sent: Promise<Response>): Promise<Answer> {
    return (await (await this.accepted(sent)).json()) as Answer;
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
