import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';

/**
 * 8 MiB, if all pages are used; a power of two. With 200,000 keys about one of a million others is found without having been added, with two
 * million keys one of 1,600.
 */
const BITS = 2 ** 26;
const BITS_OF_PAGE = 2 ** 15;
/** Where the hexadecimal digits of a UUID have 28 random bits each: digits 12 and 16 tell its version and variant. */
const DIGIT_OFFSETS = [0, 17, 24] as const;

/** A set of keys in limited memory. It may find a key that was not added, and always finds one that was. */
export class BloomFilter {
  /** Only those with a bit that is set: a filter of a hundred keys takes 1 MiB. */
  private readonly pages: (Uint32Array | undefined)[] = new Array<undefined>(BITS / BITS_OF_PAGE);

  add(key: string): void {
    for (const index of bitIndicesOf(key)) {
      const page = (this.pages[Math.floor(index / BITS_OF_PAGE)] ??= new Uint32Array(BITS_OF_PAGE / 32));
      const word = (index % BITS_OF_PAGE) >>> 5;
      page[word] = (page[word] ?? 0) | (1 << (index & 31));
    }
  }

  mayHave(key: string): boolean {
    return bitIndicesOf(key).every((index) => {
      const word = this.pages[Math.floor(index / BITS_OF_PAGE)]?.[(index % BITS_OF_PAGE) >>> 5] ?? 0;
      return (word & (1 << (index & 31))) !== 0;
    });
  }
}

const bitIndicesOf = (key: string): readonly number[] => {
  const digest = uuidv5(KONTOR_NAMESPACE, key).replaceAll('-', '');
  return DIGIT_OFFSETS.map((offset) => parseInt(digest.slice(offset, offset + 7), 16) % BITS);
};
