declare global {
  interface JSON {
    /** A value that `JSON.stringify` writes as this text. TypeScript does not know it yet. */
    rawJSON(text: string): RawJson;
  }
}

interface RawJson {
  readonly rawJSON: string;
}

/**
 * An integer of any size in an answer. Beyond 2^53 it is written to JSON with all its digits, and nothing can be computed with it.
 */
export type ExactInteger = number | RawJson;

/** @param digits of an integer, as PostgreSQL writes a sum */
export const exactInteger = (digits: string): ExactInteger => {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : JSON.rawJSON(digits);
};
