import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { type DataSource } from 'typeorm';
import { type Kek } from './kek.js';

const NAME = 'blind-index';

/**
 * Keyed digests: find by a value without keeping it. Their root key is random and wrapped by the KEK, not derived from
 * it, because digests live in the log and must stay the same when the KEK is rotated.
 */
export class BlindIndex {
  private readonly identityKey: Buffer;
  private readonly fingerprintKey: Buffer;

  constructor(root: Uint8Array) {
    const derive = (use: string) => Buffer.from(hkdfSync('sha256', root, '', `kontor ${use}`, 32));
    this.identityKey = derive('identity');
    this.fingerprintKey = derive('fingerprint');
  }

  /** @throws WrongKek when the database belongs to another KEK: a good thing to find out at start */
  static async open(dataSource: DataSource, kek: Kek): Promise<BlindIndex> {
    await dataSource.query('INSERT INTO keys.service_key (name, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      NAME,
      kek.wrap(randomBytes(32), NAME),
    ]);
    const sql = 'SELECT wrapped FROM keys.service_key WHERE name = $1';
    const [row] = await dataSource.query<[{ wrapped: Buffer }]>(sql, [NAME]);
    return new BlindIndex(kek.unwrap(row.wrapped, NAME));
  }

  /** Digest of an identity such as an e-mail address; the same however it is typed. */
  hash(type: string, value: string): string {
    return createHmac('sha256', this.identityKey)
      .update(`${type}\0${normalise(type, value)}`)
      .digest('base64url');
  }

  /** Digest of a command's body, whatever the order of its fields. */
  fingerprint(body: unknown): string {
    const digest = createHmac('sha256', this.fingerprintKey).update(canonicalJson(body)).digest();
    return digest.toString('base64url', 0, 16);
  }
}

const normalise = (type: string, value: string) => {
  const text = value.normalize('NFC').trim();
  if (type === 'email') return text.toLowerCase();
  return type === 'phone' ? text.replaceAll(/[^\d+]/g, '') : text;
};

/** JSON with the members of every object in order. */
const canonicalJson = (body: unknown) =>
  (JSON.stringify(body, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  ) as string | undefined) ?? '';
