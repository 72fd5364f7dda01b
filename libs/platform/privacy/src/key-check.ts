import { type DataSource } from 'typeorm';
import {
  type Batch,
  type Consumer,
  type EventStore,
  isSealed,
  resumePosition,
  type Position,
  type Recorded,
  START,
} from '#event-store';

/** A key that events were sealed under, and that is neither stored nor registered as erased. */
export interface LostKey {
  readonly keyId: string;
  /** Stream and position of the first event that was sealed under it. */
  readonly stream: string;
  readonly position: Position;
  readonly noticedAt: Date;
}

export interface KeyCheckOptions {
  /** Categories of streams with sealed fields. */
  readonly categories: readonly string[];
  /** Types of events with sealed fields. */
  readonly types: ReadonlySet<string>;
}

/** The position in the database is before the last one that this consumer stored. */
export class KeysRestored extends Error {
  constructor() {
    super('The keys were restored from an older copy: the log is compared with them again');
    this.name = 'KeysRestored';
  }
}

const SAVE_EVERY_MS = 1_000;
const MAX_USED_KEYS = 1_000;

/** Notes used keys that are missing. Moves the position, unless an older copy was restored since. */
const SAVE = `
  WITH moved AS (UPDATE keys.checked SET position = greatest(position, $2) WHERE position >= $1 RETURNING position),
  lost AS (
    INSERT INTO keys.lost_key (key_id, stream, position)
    SELECT key_id, stream, used.position
    FROM unnest($3::uuid[], $4::text[], $5::bigint[]) AS used (key_id, stream, position)
    WHERE EXISTS (SELECT FROM moved)
      AND NOT EXISTS (SELECT FROM keys.subject_key stored WHERE stored.key_id = used.key_id)
      AND NOT EXISTS (SELECT FROM keys.erased_key erased WHERE erased.key_id = used.key_id)
    ON CONFLICT DO NOTHING
  )
  SELECT position::float8 FROM moved`;

const DELETE_ERASED = 'DELETE FROM keys.subject_key USING keys.erased_key e WHERE subject_key.key_id = e.key_id';
const FORGET_FOUND = `
  DELETE FROM keys.lost_key l WHERE EXISTS (SELECT FROM keys.subject_key s WHERE s.key_id = l.key_id)
    OR EXISTS (SELECT FROM keys.erased_key e WHERE e.key_id = l.key_id)`;

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * Notices lost keys: reads which keys the log needs, and compares them with those that are stored and with the register of
 * erasures. Its position is stored with the keys, so after the restore of an older copy it reads again what is newer.
 */
export class KeyCheck implements Consumer {
  readonly name = 'subject-keys';
  readonly categories: readonly string[];
  /** Key id → the first event that needs it, since the last save. */
  private readonly used = new Map<string, Pick<Recorded, 'stream' | 'position'>>();
  private saved = START;
  private handled = START;
  private savedAt = 0;

  constructor(
    private readonly db: DataSource,
    private readonly log: Pick<EventStore, 'contains' | 'head' | 'newestBefore'>,
    private readonly options: KeyCheckOptions,
  ) {
    this.categories = options.categories;
  }

  /** Keys that are newer than the log do no harm: the log is compared with them from its start. */
  async resume(): Promise<Position> {
    await this.reconcile();
    const [row] = await this.db.query<[{ position: Position }]>('SELECT position::float8 FROM keys.checked');
    const start = await resumePosition(this.log, row.position);
    if (start === undefined) await this.db.query('UPDATE keys.checked SET position = 0');
    this.used.clear();
    this.saved = start === undefined ? START : row.position;
    return (this.handled = start ?? START);
  }

  /** @throws KeysRestored */
  async handle({ events, position }: Batch): Promise<void> {
    for (const { event, ...recorded } of events) {
      if (!this.options.types.has(event.type)) continue;
      for (const keyId of keyIdsIn(event.data)) if (!this.used.has(keyId)) this.used.set(keyId, recorded);
    }
    this.handled = position;
    if (this.used.size >= MAX_USED_KEYS || performance.now() - this.savedAt > SAVE_EVERY_MS) await this.save();
  }

  /** @throws KeysRestored */
  async onHeartbeat(): Promise<void> {
    await this.reconcile();
    await this.save();
  }

  /** An erased key that came back with an older copy is deleted again. */
  private async reconcile() {
    await this.db.query(DELETE_ERASED);
    await this.db.query(FORGET_FOUND);
  }

  private async save() {
    const used = [...this.used];
    const rows = await this.db.query<{ position: Position }[]>(SAVE, [
      this.saved,
      this.handled,
      used.map(([keyId]) => keyId),
      used.map(([, { stream }]) => stream),
      used.map(([, { position }]) => position),
    ]);
    const [row] = rows;
    if (!row) throw new KeysRestored();
    this.saved = row.position;
    this.savedAt = performance.now();
    this.used.clear();
  }
}

const keyIdsIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  if (isSealed(value)) return UUID.test(value.k) ? [value.k] : [];
  return Object.values(value).flatMap(keyIdsIn);
};

/** The lost keys, those of the newest events first. */
export const lostKeys = (db: DataSource): Promise<LostKey[]> =>
  db.query(
    `SELECT key_id AS "keyId", stream, position::float8, noticed_at AS "noticedAt"
     FROM keys.lost_key ORDER BY lost_key.position DESC`,
  );

/** @returns how many keys are lost, as a sentence with the remedy; undefined if none is */
export const lostKeysWarning = async (db: DataSource): Promise<string | undefined> => {
  const [row] = await db.query<{ count: number; stream: string }[]>(
    'SELECT count(*)::int, min(stream) AS stream FROM keys.lost_key',
  );
  if (!row || row.count === 0) return undefined;
  return (
    `${row.count} keys of personal data are lost, for example that of ${row.stream}: restore a newer copy of the ` +
    'schema keys; see kontor subject-keys lost'
  );
};

/** @returns a sentence with the remedy if the root key of digests was lost and a new one has replaced it, or else undefined */
export const lostServiceKeyWarning = async (db: DataSource): Promise<string | undefined> => {
  const [row] = await db.query<{ at: Date }[]>('SELECT created_at AS at FROM keys.service_key WHERE replaces_lost');
  if (!row) return undefined;
  return (
    `the root key of digests, in keys.service_key, was lost, and a new one was made at ${row.at.toISOString()}: codes of gift cards and vouchers ` +
    'from before are not found. Restore keys.service_key from a copy and restart Kontor; if there ' +
    'is none, kontor subject-keys register-erased ends this warning'
  );
};

export interface AcceptedLosses {
  /** The number of lost keys that are registered as erased from now on. */
  readonly registered: number;
  /** Whether the root key of digests had been replaced, which ends {@link lostServiceKeyWarning}. */
  readonly rootKeyOfDigests: boolean;
}

/** Registers lost keys as erased, and accepts that the root key of digests was replaced, when no copy has them. */
export const registerLostKeysAsErased = async (db: DataSource): Promise<AcceptedLosses> => {
  const [losses] = await db.query<[AcceptedLosses]>(
    `WITH gone AS (DELETE FROM keys.lost_key RETURNING key_id),
     registered AS (INSERT INTO keys.erased_key (key_id) SELECT key_id FROM gone ON CONFLICT DO NOTHING),
     accepted AS (UPDATE keys.service_key SET replaces_lost = false WHERE replaces_lost RETURNING name)
     SELECT (SELECT count(*)::int FROM gone) AS registered, EXISTS (SELECT FROM accepted) AS "rootKeyOfDigests"`,
  );
  return losses;
};
