import { type DataSource } from 'typeorm';

export interface ParkedInbox {
  readonly consumer: string;
  readonly stream: string;
  /** The last revision that had its effect. */
  readonly revision: number;
  readonly reason: string;
  readonly since: Date;
  /** Events that wait behind it. */
  readonly held: number;
}

/** The streams that stand still, of all consumers. */
export const parkedInboxes = (db: DataSource): Promise<ParkedInbox[]> =>
  db.query(
    `SELECT consumer, stream, revision::float8, parked AS reason, parked_at AS since,
       (SELECT count(*)::float8 FROM channels.inbox_held h WHERE h.consumer = i.consumer AND h.stream = i.stream) AS held
     FROM channels.inbox i WHERE parked IS NOT NULL ORDER BY parked_at, consumer, stream`,
  );
