import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SnapshotStore, type Snapshot } from '#event-store';

interface Row {
  revision: string;
  version: number;
  /** JSON of a {@link Saved}. */
  state: string;
}

type Saved = Pick<Snapshot, 'state' | 'commands'>;

/** Stores snapshots in `system.snapshot`. */
@Injectable()
export class PgSnapshotStore extends SnapshotStore {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async load(stream: string): Promise<Snapshot | undefined> {
    const rows = await this.dataSource.query<Row[]>(
      'SELECT revision, version, state FROM system.snapshot WHERE stream = $1',
      [stream],
    );
    if (!rows[0]) return undefined;
    const { revision, version, state } = rows[0];
    return { ...(JSON.parse(state) as Saved), revision: Number(revision), version };
  }

  async save(stream: string, { revision, version, state, commands }: Snapshot): Promise<void> {
    // Several processes may save a snapshot of one stream; the newest one stays.
    await this.dataSource.query(
      `INSERT INTO system.snapshot AS saved (stream, revision, version, state) VALUES ($1, $2, $3, $4)
       ON CONFLICT (stream) DO UPDATE
       SET revision = excluded.revision, version = excluded.version, state = excluded.state
       WHERE (saved.version, saved.revision) < (excluded.version, excluded.revision)`,
      [stream, revision, version, JSON.stringify({ state, commands } satisfies Saved)],
    );
  }
}
