/** Texts that are planted in fields, and found again wherever they were written, in clear or encoded. */
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SUFFIX_DIGITS = 3;

/** Marker → the place where it was planted. A marker is 13 digits, which every kind of text takes: no change of case alters it. */
export class Markers {
  readonly planted = new Map<string, string>();
  /** Common to all markers. */
  private readonly stem = `7${randomInt(10 ** 8, 10 ** 9)}`;
  private readonly forms = formsOf(this.stem);

  /** A new marker. @throws RangeError once there are a thousand */
  plant(place: string): string {
    if (this.planted.size === 10 ** SUFFIX_DIGITS) throw new RangeError('There are too many markers');
    const marker = this.stem + String(this.planted.size).padStart(SUFFIX_DIGITS, '0');
    this.planted.set(marker, place);
    return marker;
  }

  /** The markers in it: in clear, in base64 and base64url, and in hexadecimal. */
  in(bytes: Buffer): ReadonlySet<string> {
    const found = new Set<string>();
    const note = (text: string) => {
      for (const [marker] of text.matchAll(new RegExp(`${this.stem}\\d{${SUFFIX_DIGITS}}`, 'g'))) found.add(marker);
    };
    const text = bytes.toString('latin1');
    note(text);
    for (const { start, pattern, length, encoding } of this.forms)
      for (const { index } of text.matchAll(pattern))
        note(Buffer.from(text.slice(Math.max(0, index - start), index + length), encoding).toString('latin1'));
    return found;
  }

  /** Marker → the files in a folder and its subfolders that have it. */
  inFiles(folder: string): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>();
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      for (const marker of this.in(readFileSync(file)))
        found.set(marker, [...(found.get(marker) ?? []), file.slice(folder.length + 1)]);
    }
    return found;
  }
}

/** An encoding of the stem. */
interface Form {
  readonly pattern: RegExp;
  readonly encoding: 'base64' | 'hex';
  /** So many characters before the pattern the group of encoded bytes begins. */
  readonly start: number;
  /** Of the encoded marker from the pattern on, at most. */
  readonly length: number;
}

const formsOf = (stem: string): readonly Form[] => {
  const hex = Buffer.from(stem).toString('hex');
  return [
    { pattern: new RegExp(hex, 'gi'), encoding: 'hex', start: 0, length: hex.length + 2 * SUFFIX_DIGITS },
    ...[0, 1, 2].map((before) => base64Of(stem, before)),
  ];
};

/** After so many bytes of a group of three, without the characters that depend on the neighbors. */
const base64Of = (stem: string, before: number): Form => {
  const encoded = Buffer.from('.'.repeat(before) + stem).toString('base64');
  const start = before === 0 ? 0 : before + 1;
  const pattern = encoded.slice(start, Math.floor(((before + stem.length) * 8) / 6));
  return { pattern: new RegExp(pattern, 'g'), encoding: 'base64', start, length: encoded.length + 2 * SUFFIX_DIGITS };
};
