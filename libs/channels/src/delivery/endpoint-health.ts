import { type DataSource } from 'typeorm';
import { type EndpointRef } from './outbox.js';

interface EndpointHealthOptions {
  readonly db: DataSource;
  readonly endpoint: EndpointRef;
  /** An endpoint that has not answered for this long is disabled. */
  readonly disableAfterMs: number;
  readonly log?: (message: string, details: object) => void;
}

interface StoredHealth {
  readonly failing_since: Date | null;
}

/** Records since when an endpoint has not answered, and disables it when that lasts too long. */
export class EndpointHealth {
  /** Milliseconds since 1970; undefined while the endpoint answers. */
  private failingSince: number | undefined;

  constructor(private readonly options: EndpointHealthOptions) {}

  /** Reads what an earlier worker recorded. */
  async load(): Promise<void> {
    const [row] = await this.update('last_error = last_error');
    this.failingSince = row?.failing_since?.getTime();
  }

  async recordAnswer(): Promise<void> {
    if (this.failingSince === undefined) return;
    this.failingSince = undefined;
    this.options.log?.('endpoint answers again', this.options.endpoint);
    await this.update('failing_since = NULL, last_error = NULL');
  }

  async recordFailure(now: number, error: string): Promise<void> {
    if (this.failingSince === undefined) {
      this.options.log?.('endpoint does not answer', { ...this.options.endpoint, error });
      const [row] = await this.update(
        'failing_since = coalesce(failing_since, $3), last_error = $4',
        new Date(now),
        error,
      );
      this.failingSince = row?.failing_since?.getTime() ?? now;
    }
    if (now - this.failingSince >= this.options.disableAfterMs) await this.disable(now, error);
  }

  async disable(now: number, error: string): Promise<void> {
    this.failingSince = undefined;
    this.options.log?.('endpoint disabled until kontor channels enable', { ...this.options.endpoint, error });
    await this.update('disabled_at = coalesce(disabled_at, $3), last_error = $4', new Date(now), error);
  }

  private async update(set: string, ...values: readonly unknown[]): Promise<readonly StoredHealth[]> {
    const { adapter, endpoint } = this.options.endpoint;
    const [rows] = await this.options.db.query<[StoredHealth[], number]>(
      `UPDATE channels.endpoint SET ${set} WHERE adapter = $1 AND endpoint = $2 RETURNING failing_since`,
      [adapter, endpoint, ...values],
    );
    return rows;
  }
}
