import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';

/**
 * A power of two: 8 MiB. With 200,000 keys about one of a million others is found without having been added, with two million
 * keys one of 1,600.
 */
const BITS = 2 ** 26;
/** Where the hexadecimal digits of a UUID have 28 random bits each: digits 12 and 16 tell its version and variant. */
const OFFSETS = [0, 17, 24] as const;

/** A set of keys in fixed memory. It may find a key that was not added, and always finds one that was. */
export class BloomFilter {
  private readonly bits = new Uint32Array(BITS / 32);

  add(key: string): void {
    for (const index of bitIndicesOf(key)) this.bits[index >>> 5] = this.wordOf(index) | (1 << (index & 31));
  }

  mayHave(key: string): boolean {
    return bitIndicesOf(key).every((index) => (this.wordOf(index) & (1 << (index & 31))) !== 0);
  }

  private wordOf(index: number) {
    return this.bits[index >>> 5] ?? 0;
  }
}

const bitIndicesOf = (key: string): readonly number[] => {
  const digest = uuidv5(KONTOR_NAMESPACE, key).replaceAll('-', '');
  return OFFSETS.map((offset) => parseInt(digest.slice(offset, offset + 7), 16) % BITS);
};
