import { type DataSource } from 'typeorm';

/** A stream that a consumer of published events has stopped reading. */
export interface ParkedInboxStream {
  readonly consumer: string;
  readonly stream: string;
  /** The last revision that had its effect; -1 where none had. */
  readonly revision: number;
  /** Begins with `gap`, `poison` or `unreadable`. */
  readonly reason: string;
  readonly since: Date;
  /** Events of the stream that have arrived since and wait for it to go on. */
  readonly held: number;
}

/** The parked streams of all consumers, the longest parked first. */
export const parkedInboxStreams = (db: DataSource): Promise<ParkedInboxStream[]> =>
  db.query(
    `SELECT consumer, stream, revision::float8, parked AS reason, parked_at AS since,
       (SELECT count(*)::float8 FROM channels.inbox_held h WHERE h.consumer = i.consumer AND h.stream = i.stream) AS held
     FROM channels.inbox i WHERE parked IS NOT NULL ORDER BY parked_at, consumer, stream`,
  );
