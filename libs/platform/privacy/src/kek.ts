import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FORMAT = 1;
const ID = 4;
const IV = 12;
const TAG = 16;
const HEADER = 1 + ID;

/** The key-encryption key: wraps the keys of subjects (AES-256-GCM), and never touches data itself. */
export class Kek {
  /** Names the key without giving it away: the beginning of its SHA-256. */
  readonly id: string;
  private readonly key: KeyObject;

  /**
   * @param bytes 32 random bytes
   * @param previous still opens what it wrapped, while a rotation is under way
   * @throws RangeError when the bytes are not 32, or look chosen and not random
   */
  constructor(
    bytes: Uint8Array,
    readonly previous?: Kek,
    /** Where it came from, for people. */
    readonly origin = 'memory',
  ) {
    if (bytes.length !== 32) throw new RangeError(`A KEK has 32 bytes, this one has ${bytes.length}`);
    if (looksChosen(bytes)) throw new RangeError('This KEK is not random. Make one with: openssl rand -base64 32');
    this.key = createSecretKey(bytes);
    this.id = createHash('sha256')
      .update('kontor-kek')
      .update(bytes)
      .digest('hex')
      .slice(0, ID * 2);
  }

  /** `context` must be the same when it is unwrapped: it ties the key to its row. */
  wrap(key: Uint8Array, context: string): Buffer {
    const iv = randomBytes(IV);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(key), cipher.final()]);
    return Buffer.concat([Buffer.of(FORMAT), Buffer.from(this.id, 'hex'), iv, cipher.getAuthTag(), sealed]);
  }

  /** @throws WrongKek */
  unwrap(wrapped: Buffer, context: string): Buffer {
    const id = kekIdOf(wrapped);
    if (id !== this.id) {
      if (this.previous) return this.previous.unwrap(wrapped, context);
      throw new WrongKek(id, this);
    }
    const [iv, tag] = [wrapped.subarray(HEADER, HEADER + IV), wrapped.subarray(HEADER + IV, HEADER + IV + TAG)];
    const decipher = createDecipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(context)).setAuthTag(tag);
    return Buffer.concat([decipher.update(wrapped.subarray(HEADER + IV + TAG)), decipher.final()]);
  }
}

export const kekIdOf = (wrapped: Buffer) => wrapped.subarray(1, HEADER).toString('hex');

export class WrongKek extends Error {
  constructor(wanted: string, { id, origin }: Kek) {
    super(`Keys in this database were wrapped by the KEK ${wanted}, but ${origin} holds ${id}`);
    this.name = 'WrongKek';
  }
}

/** Zeros, a counter, or typed text: what stands in examples and defaults. */
const looksChosen = (bytes: Uint8Array) => {
  const step = Number(bytes[1]) - Number(bytes[0]);
  return (
    bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ||
    bytes.every((byte, i) => i === 0 || byte - Number(bytes[i - 1]) === step)
  );
};

/** What the settings say of the KEK, in base64. */
export interface KekSettings {
  /** KONTOR_KEK. */
  readonly kek?: string | undefined;
  /** KONTOR_KEK_PREVIOUS, while the KEK is being rotated. */
  readonly previousKek?: string | undefined;
}

/**
 * The KEK that the settings give, or else the one in the file `kek` in the data folder, which is made at first use:
 * enough for a machine of one's own, not for production.
 *
 * @throws RangeError when it is not 32 random bytes in base64
 */
export const loadKek = (dataDir: string, { kek, previousKek }: KekSettings = {}): Kek => {
  const before = previousKek === undefined ? undefined : parse(previousKek, 'KONTOR_KEK_PREVIOUS');
  if (kek !== undefined) return parse(kek, 'KONTOR_KEK', before);
  const file = join(dataDir, 'kek');
  return parse(readOrMake(file), file, before);
};

const parse = (text: string, origin: string, previous?: Kek) => {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, 'base64');
  if (bytes.toString('base64') !== trimmed) throw new RangeError(`${origin} is not base64`);
  try {
    return new Kek(bytes, previous, origin);
  } catch (error) {
    throw new RangeError(`${origin}: ${(error as Error).message}`, { cause: error });
  }
};

/** Two processes may start at once: the first one's file stays. */
const readOrMake = (file: string) => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  mkdirSync(join(file, '..'), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true });
  try {
    chmodSync(draft, 0o600);
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(file, 'utf8');
};
