import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SnapshotStore, type Snapshot } from '#event-store';

interface Row {
  revision: string;
  version: number;
  state: Pick<Snapshot, 'state' | 'commands'>;
}

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
    return rows[0] && { ...rows[0].state, revision: Number(rows[0].revision), version: rows[0].version };
  }

  async save(stream: string, { revision, version, state, commands }: Snapshot): Promise<void> {
    // Several processes may save a snapshot of one stream; the newest one stays.
    await this.dataSource.query(
      `INSERT INTO system.snapshot AS saved (stream, revision, version, state) VALUES ($1, $2, $3, $4)
       ON CONFLICT (stream) DO UPDATE
       SET revision = excluded.revision, version = excluded.version, state = excluded.state
       WHERE (saved.version, saved.revision) < (excluded.version, excluded.revision)`,
      [stream, revision, version, JSON.stringify({ state, commands })],
    );
  }
}
