import { readFileSync } from 'node:fs';

/** A word that the project no longer uses. Terms that it does use are in docs/glossary.md. */
export interface OldWord {
  /** A regular expression that matches whole words, in code, comments and documents alike. */
  readonly old: string;
  /** What to write in its place. */
  readonly say: string;
  /** The number of places that still have it. It may only fall; without a number it is 0, and ESLint reports the word. */
  readonly still?: number;
}

export interface Match {
  readonly word: OldWord;
  readonly text: string;
  /** Offset of the match in the text, in UTF-16 code units. */
  readonly index: number;
}

export const readOldWords = (root: string): readonly OldWord[] =>
  JSON.parse(readFileSync(`${root}/tools/words/old-words.json`, 'utf8')) as OldWord[];

/** @returns a function that finds old words in a text */
export const finderOf = (words: readonly OldWord[]): ((text: string) => readonly Match[]) => {
  const all = new RegExp(words.map(({ old }, n) => `(?<w${n}>\\b(?:${old})\\b)`).join('|'), 'g');
  return (text) =>
    [...text.matchAll(all)].map((match) => {
      const group = Object.entries<string | undefined>(match.groups ?? {}).find(([, found]) => found !== undefined);
      const word = words[Number(group?.[0].slice(1))];
      if (!word) throw new Error(`No word of the list matches ${match[0]}`);
      return { word, text: match[0], index: match.index };
    });
};
