/** Finds personal data in free text, and separates reason codes from notes. */

/** The last character of the local part, `@`, and a domain with a dot: no more is matched, so that the search takes linear time. */
const EMAIL_ADDRESS = /[^\s"@,;:<>()]@[^\s"@,;:<>()]+\.[a-z]{2,}/i;

export const holdsEmailAddress = (text: string): boolean =>
  /[@\uff20\ufe6b]/.test(text) && EMAIL_ADDRESS.test(text.normalize('NFKC'));

/** Why something was done. */
export interface Reasons {
  /** A code; `other` where it was given in words. */
  readonly reason: string;
  /** More about it in words, which events have sealed. */
  readonly note?: string;
}

const CODE = /^[a-z]+(-[a-z]+)*$/;
const MAX_CODE_LENGTH = 32;

/** The reason of which only the note says more. */
export const OTHER_REASON = 'other';

/**
 * Why something was done. A code such as `fraud-check` is the reason, on which others may act; words may be about a person and
 * are the note of the event, whose field is sealed.
 */
export const reasonAndNote = (reason: string): Reasons =>
  reason.length <= MAX_CODE_LENGTH && CODE.test(reason) ? { reason } : { reason: OTHER_REASON, note: reason };
