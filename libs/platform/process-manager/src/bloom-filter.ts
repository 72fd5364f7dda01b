import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';

/** A power of two: 8 MiB. Of two million keys about one in a million is found without having been added. */
const BITS = 2 ** 26;
/** Where the digest of a key has 28 random bits each, in hexadecimal. */
const OFFSETS = [0, 20, 27] as const;

/** A set of keys in fixed memory. It may find a key that was not added, and always finds one that was. */
export class BloomFilter {
  private readonly bits = new Uint32Array(BITS / 32);

  add(key: string): void {
    for (const place of placesOf(key)) this.bits[place >>> 5] = this.wordOf(place) | (1 << (place & 31));
  }

  mayHave(key: string): boolean {
    return placesOf(key).every((place) => (this.wordOf(place) & (1 << (place & 31))) !== 0);
  }

  private wordOf(place: number) {
    return this.bits[place >>> 5] ?? 0;
  }
}

const placesOf = (key: string): readonly number[] => {
  const digest = uuidv5(KONTOR_NAMESPACE, key).replaceAll('-', '');
  return OFFSETS.map((offset) => parseInt(digest.slice(offset, offset + 7), 16) % BITS);
};
