import { type DataSource } from 'typeorm';
import { type EndpointRef } from './outbox.js';

interface Options {
  readonly db: DataSource;
  readonly to: EndpointRef;
  readonly disableAfterMs: number;
  readonly log?: (message: string, details: object) => void;
}

interface Noted {
  readonly failing_since: Date | null;
}

/** Since when an endpoint does not work; whoever did not for days is disabled, until somebody enables it. */
export class EndpointHealth {
  private failingSince: number | undefined;

  constructor(private readonly options: Options) {}

  async begin(): Promise<void> {
    const [row] = await this.note('last_error = last_error');
    this.failingSince = row?.failing_since?.getTime();
  }

  async works(): Promise<void> {
    if (this.failingSince === undefined) return;
    this.failingSince = undefined;
    this.options.log?.('endpoint works again', this.options.to);
    await this.note('failing_since = NULL, last_error = NULL');
  }

  async fails(now: number, error: string): Promise<void> {
    if (this.failingSince === undefined) {
      this.options.log?.('endpoint does not work', { ...this.options.to, error });
      const [row] = await this.note(
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
    this.options.log?.('endpoint disabled: kontor channels enable', { ...this.options.to, error });
    await this.note('disabled_at = coalesce(disabled_at, $3), last_error = $4', new Date(now), error);
  }

  private async note(set: string, ...values: readonly unknown[]): Promise<readonly Noted[]> {
    const { adapter, endpoint } = this.options.to;
    const [rows] = await this.options.db.query<[Noted[], number]>(
      `UPDATE channels.endpoint SET ${set} WHERE adapter = $1 AND endpoint = $2 RETURNING failing_since`,
      [adapter, endpoint, ...values],
    );
    return rows;
  }
}
