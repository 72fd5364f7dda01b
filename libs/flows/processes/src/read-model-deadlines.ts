import { type DataSource } from 'typeorm';
import { deadlineKinds } from './deadline-kinds.js';
import { Deadlines, type DueWork } from './due-timer.js';

/** All that has run out, from the read models. */
export class ReadModelDeadlines extends Deadlines {
  constructor(private readonly db: DataSource) {
    super();
  }

  async due(now: string, limit: number): Promise<readonly DueWork[]> {
    const found: DueWork[] = [];
    for (const { sql, work } of deadlineKinds) {
      const rows = await this.db.query<Record<string, unknown>[]>(sql, [now, limit]);
      found.push(...rows.map(work));
    }
    return found;
  }
}
