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
import { IV_BYTES, randomIv } from './random-iv.js';

const FORMAT = 1;
const ID_BYTES = 4;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + ID_BYTES;

/** The key-encryption key. It wraps the keys of subjects with AES-256-GCM and never encrypts data itself. */
export class Kek {
  /** The first bytes of the SHA-256 of the key, which do not reveal it. */
  readonly id: string;
  private readonly key: KeyObject;

  /**
   * @param bytes 32 random bytes
   * @param previous the old KEK during a rotation, which still unwraps its keys
   * @throws RangeError if the bytes are not 32, or not random
   */
  constructor(
    bytes: Uint8Array,
    readonly previous?: Kek,
    /** Its source, for error messages. */
    readonly origin = 'memory',
  ) {
    if (bytes.length !== 32) throw new RangeError(`A KEK has 32 bytes, this one has ${bytes.length}`);
    if (isNotRandom(bytes)) throw new RangeError('This KEK is not random. Make one with: openssl rand -base64 32');
    this.key = createSecretKey(bytes);
    this.id = createHash('sha256')
      .update('kontor-kek')
      .update(bytes)
      .digest('hex')
      .slice(0, ID_BYTES * 2);
  }

  /** @param context ties the key to its row: {@link unwrap} needs the same */
  wrap(key: Uint8Array, context: string): Buffer {
    const iv = randomIv();
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
    const [iv, tag] = [
      wrapped.subarray(HEADER_BYTES, HEADER_BYTES + IV_BYTES),
      wrapped.subarray(HEADER_BYTES + IV_BYTES, HEADER_BYTES + IV_BYTES + TAG_BYTES),
    ];
    const decipher = createDecipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(context)).setAuthTag(tag);
    return Buffer.concat([decipher.update(wrapped.subarray(HEADER_BYTES + IV_BYTES + TAG_BYTES)), decipher.final()]);
  }
}

export const kekIdOf = (wrapped: Buffer) => wrapped.subarray(1, HEADER_BYTES).toString('hex');

export class WrongKek extends Error {
  constructor(wrappedBy: string, { id, origin }: Kek) {
    super(`Keys in this database were wrapped by the KEK ${wrappedBy}, but ${origin} holds ${id}`);
    this.name = 'WrongKek';
  }
}

/** Whether the bytes are constant, a counter or printable text, as in examples and defaults. */
const isNotRandom = (bytes: Uint8Array) => {
  const step = Number(bytes[1]) - Number(bytes[0]);
  return (
    bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ||
    bytes.every((byte, i) => i === 0 || byte - Number(bytes[i - 1]) === step)
  );
};

/** KEKs from the settings, in base64. */
export interface KekSettings {
  /** KONTOR_KEK. */
  readonly kek?: string | undefined;
  /** KONTOR_KEK_PREVIOUS, while the KEK is being rotated. */
  readonly previousKek?: string | undefined;
}

/**
 * Loads the KEK from the settings, or else from the file `kek` in the data folder, which is created at first use. The file
 * is for development, not for production.
 *
 * @throws RangeError if a KEK is not 32 random bytes in base64
 */
export const loadKek = (dataDir: string, { kek, previousKek }: KekSettings = {}): Kek => {
  const previous = previousKek === undefined ? undefined : parse(previousKek, 'KONTOR_KEK_PREVIOUS');
  if (kek !== undefined) return parse(kek, 'KONTOR_KEK', previous);
  const file = join(dataDir, 'kek');
  return parse(readOrCreate(file), file, previous);
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

/** If two processes start at once, the file of the first stays. */
const readOrCreate = (file: string) => {
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
