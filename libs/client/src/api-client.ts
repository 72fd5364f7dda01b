/** A command as the API takes it. */
export interface CommandOptions {
  /** Idempotency key: the same one whenever the command is sent again. */
  readonly id: string;
  /** Id of the channel that is acted for, with a key of staff. */
  readonly channel?: string | undefined;
  /** ISO 8601. Given where something is reported later than it happened. */
  readonly occurredAt?: string | undefined;
  /** Seconds that the API may wait for the outcome of a process, such as a checkout. */
  readonly wait?: number | undefined;
}

/** One line of a batch of commands. */
export interface BatchCommand extends Omit<CommandOptions, 'wait'> {
  /** Name of the command, such as `RecordOrder`. */
  readonly command: string;
  readonly data: object;
  /** UUID that groups the commands of one conversation. */
  readonly correlationId?: string;
}

export interface ApiClientOptions {
  /** For example `http://127.0.0.1:7070`. */
  readonly url: string;
  readonly key: string;
  /** Sent with every request that names no other. */
  readonly channel?: string;
  /** How long a request may take. Without it, as long as it needs. */
  readonly timeoutMs?: number;
}

/**
 * Speaks the HTTP API of Kontor: addresses, headers and formats. What is made of an answer, and whether a request is
 * repeated, is up to its users.
 */
export class ApiClient {
  constructor(private readonly options: ApiClientOptions) {}

  request(path: string, { headers, ...init }: RequestInit = {}): Promise<Response> {
    const { url, key, channel, timeoutMs } = this.options;
    const all = new Headers(headers);
    all.set('authorization', `Bearer ${key}`);
    if (channel !== undefined && !all.has('kontor-channel')) all.set('kontor-channel', channel);
    const signal = timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(timeoutMs) };
    return fetch(url + path, { ...init, ...signal, headers: all });
  }

  sendCommand(name: string, data: object, { id, channel, occurredAt, wait }: CommandOptions): Promise<Response> {
    return this.request(`/v1/commands/${name}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': id,
        ...(channel !== undefined && { 'kontor-channel': channel }),
        ...(occurredAt !== undefined && { 'kontor-occurred-at': occurredAt }),
        ...(wait !== undefined && { prefer: `wait=${wait}` }),
      },
      body: JSON.stringify(data),
    });
  }

  /** Sends many commands in one request. The answer has one line of JSON for each of them, in their order. */
  sendBatch(commands: readonly BatchCommand[]): Promise<Response> {
    const { channel } = this.options;
    const lines = commands.map((command) => `${JSON.stringify({ ...(channel && { channel }), ...command })}\n`);
    const headers = { 'content-type': 'application/x-ndjson' };
    return this.request('/v1/commands', { method: 'POST', headers, body: lines.join('') });
  }
}
