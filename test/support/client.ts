import { type Position } from '#event-store';
import { randomUUID } from 'node:crypto';

export type Fields = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed if it is JSON; the text otherwise; undefined if there is none. */
  readonly body: unknown;
}

export interface Sending {
  /** Idempotency key; a new one by default. */
  readonly key?: string;
  /** Only with a staff key. */
  readonly channel?: string;
  /** Seconds: `Prefer: wait=`. */
  readonly wait?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Line {
  readonly command: string;
  readonly id: string;
  readonly data: object;
  readonly channel?: string;
  readonly occurredAt?: string;
}

const JSON_BODY = { 'content-type': 'application/json' };

/** A client of Kontor's HTTP API with an API key. */
export class Client {
  constructor(
    readonly url: string,
    private readonly secret?: string,
  ) {}

  /** The same address, with another key or without one. */
  with(secret: string | undefined): Client {
    return secret === undefined ? new Client(this.url) : new Client(this.url, secret);
  }

  /** The response, with its body unread. */
  open(path: string, init: RequestInit = {}): Promise<Response> {
    const authorization = this.secret === undefined ? {} : { authorization: `Bearer ${this.secret}` };
    return fetch(this.url + path, { ...init, headers: { ...authorization, ...(init.headers as object) } });
  }

  async request(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await this.open(path, { ...init, method });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parsed(text, response.headers) };
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.request('GET', path, { headers });
  }

  /** The body of a successful answer. @throws Error for any other */
  async read(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Fields> {
    const answer = await this.get(path, headers);
    if (answer.status === 200) return answer.body as Fields;
    throw new Error(`GET ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.request('POST', path, { headers: { ...JSON_BODY, ...headers }, body: JSON.stringify(body) });
  }

  send(name: string, body: object, sending: Sending = {}): Promise<Answer> {
    const { key = randomUUID(), channel, wait, headers, signal = null } = sending;
    const all = {
      ...JSON_BODY,
      'idempotency-key': key,
      ...(channel !== undefined && { 'kontor-channel': channel }),
      ...(wait !== undefined && { prefer: `wait=${wait}` }),
      ...headers,
    };
    return this.request('POST', `/v1/commands/${name}`, { headers: all, body: JSON.stringify(body), signal });
  }

  /** Sends a command that must succeed, and waits until reads see it. @throws Error if it is refused */
  async done(name: string, body: object, sending: Sending = {}): Promise<Accepted> {
    const answer = await this.send(name, body, { wait: 20, ...sending });
    if (answer.status === 200) return answer.body as Accepted;
    throw new Error(`${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  /** Sends lines as they are. @returns the answers in the same order */
  async batch(lines: readonly (Line | string)[]): Promise<readonly LineAnswer[]> {
    const body = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
    const headers = { 'content-type': 'application/x-ndjson' };
    const answer = await this.request('POST', '/v1/commands', { headers, body });
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as LineAnswer]));
  }
}

/** The answer to a command that was carried out. */
export interface Accepted extends Fields {
  readonly commandId: string;
  readonly stream: string;
  readonly revision: number;
  readonly position?: Position;
  readonly events: readonly { readonly id: string; readonly type: string }[];
  readonly repeated: boolean;
  /** Only for `PlaceOrder`. */
  readonly state?: string;
}

export interface LineAnswer extends Fields {
  readonly line: number;
  readonly id?: string;
  readonly status: number;
}

const parsed = (text: string, headers: Headers): unknown => {
  if (text === '') return undefined;
  return /^application\/(\S+\+)?json/.test(headers.get('content-type') ?? '') ? JSON.parse(text) : text;
};
