import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asPosition, type Recorded, type ViewContent, ViewStore } from '#event-store';

/** Stores the events of in-memory views in `system.view`. */
@Injectable()
export class PgViewStore extends ViewStore {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async load(view: string): Promise<ViewContent | undefined> {
    const [row] = await this.dataSource.query<{ position: string; events: string[] }[]>(
      `SELECT position, ARRAY(SELECT e.event FROM system.view_event e WHERE e.view = v.name ORDER BY e.position) AS events
       FROM system.view v WHERE name = $1`,
      [view],
    );
    return (
      row && {
        position: asPosition(Number(row.position)),
        events: row.events.map((event) => JSON.parse(event) as Recorded),
      }
    );
  }

  async save(view: string, { position, events }: ViewContent): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      // Several workers may save one view: each has all events up to its position.
      await tx.query(
        `INSERT INTO system.view AS v (name, position) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET position = greatest(v.position, excluded.position)`,
        [view, position],
      );
      if (events.length === 0) return;
      await tx.query(
        `INSERT INTO system.view_event (view, stream, revision, position, event)
         SELECT $1, e.* FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[]) AS e ON CONFLICT DO NOTHING`,
        [
          view,
          events.map(({ stream }) => stream),
          events.map(({ revision }) => revision),
          events.map((event) => event.position),
          events.map((event) => JSON.stringify(event)),
        ],
      );
    });
  }
}
