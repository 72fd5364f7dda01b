import { type DataSource } from 'typeorm';
import { clockSkewMs, clockTrouble } from '#database';
import { Deadlines, type DueCommand } from '#process-manager';
import { deadlineKinds, type DeadlineCommand } from './deadline-kinds.js';

/** The deadlines of all {@link deadlineKinds}. */
export class ReadModelDeadlines extends Deadlines<DeadlineCommand> {
  constructor(private readonly db: DataSource) {
    super();
  }

  override async clockTrouble(): Promise<string | undefined> {
    return clockTrouble(await clockSkewMs(this.db));
  }

  override async due(now: string, limit: number): Promise<readonly DueCommand<DeadlineCommand>[]> {
    const found: DueCommand<DeadlineCommand>[] = [];
    for (const kind of deadlineKinds) {
      const rows = await this.db.query<object[]>(kind.sql, [now, limit]);
      found.push(...rows.map((row) => kind.dueCommand(row)));
    }
    return found;
  }
}
