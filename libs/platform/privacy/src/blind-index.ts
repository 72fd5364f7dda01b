import { createHmac, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { type DataSource } from 'typeorm';
import { canonicalJson, normalizeEmail } from '#kernel';
import { type Kek } from './kek.js';

const NAME = 'blind-index';
const SELECT = 'SELECT wrapped FROM keys.service_key WHERE name = $1';
const INSERT = 'INSERT INTO keys.service_key (name, wrapped, replaces_lost) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING';

/**
 * Keyed digests, by which a value is found without being stored. The root key is random and wrapped by the KEK, not derived
 * from it, because digests are in the log and must survive a rotation of the KEK.
 */
export class BlindIndex {
  private readonly identityKey: KeyObject;
  private readonly fingerprintKey: KeyObject;

  constructor(root: Uint8Array) {
    const derive = (use: string) => createSecretKey(Buffer.from(hkdfSync('sha256', root, '', `kontor ${use}`, 32)));
    this.identityKey = derive('identity');
    this.fingerprintKey = derive('fingerprint');
  }

  /**
   * Creates the root key where there is none.
   * @param hasEvents whether the log has events of Kontor. A key that is created then replaces one that was lost, which
   * {@link lostServiceKeyWarning} reports
   * @throws WrongKek if the key was wrapped by another KEK
   */
  static async open(dataSource: DataSource, kek: Kek, hasEvents: () => Promise<boolean>): Promise<BlindIndex> {
    const stored = () => dataSource.query<{ wrapped: Buffer }[]>(SELECT, [NAME]);
    if ((await stored()).length === 0)
      await dataSource.query(INSERT, [NAME, kek.wrap(randomBytes(32), NAME), await hasEvents()]);
    const [row] = (await stored()) as [{ wrapped: Buffer }];
    return new BlindIndex(kek.unwrap(row.wrapped, NAME));
  }

  /** @returns the digest of an identity such as an e-mail address, the same for all its spellings */
  hash(type: string, value: string): string {
    return createHmac('sha256', this.identityKey)
      .update(`${type}\0${spellingOf(type, value)}`)
      .digest('base64url');
  }

  /** @returns the digest of a command's body, independent of the order of its fields */
  fingerprint(body: unknown): string {
    const digest = createHmac('sha256', this.fingerprintKey).update(canonicalJson(body)).digest();
    return digest.toString('base64url', 0, 16);
  }
}

/**
 * The spelling that digests in the log were made of: it must not change. That of telephone numbers
 * ignored digits of other scripts, so a number with no other digits no longer matches its old digest.
 */
const spellingOf = (type: string, value: string) => {
  if (type === 'email') return normalizeEmail(value);
  if (type !== 'phone') return value.normalize('NFC').trim();
  const number = value.normalize('NFKC').replaceAll(/[^\d+]/g, '');
  return /\d/.test(number) ? number.replace(/^00/, '+') : value;
};
