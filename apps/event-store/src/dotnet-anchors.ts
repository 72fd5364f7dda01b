import { asClass, boundaryCharacters } from './dotnet-characters.js';
import { type PatternOptions } from './pattern-options.js';

const WORD = asClass(boundaryCharacters());
const BOUNDARY = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`;
const NO_BOUNDARY = `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`;
const END_OR_LAST_LINE = '(?=\\u000a?$)';

export const LOOKAROUNDS = ['?<=', '?<!', '?=', '?!'];

/** Anchors after a backslash. A search starts at the start, so `\G` is there as well. */
export const ESCAPED_ANCHORS = new Map([
  ['A', '^'],
  ['G', '^'],
  ['Z', END_OR_LAST_LINE],
  ['z', '$'],
  ['b', BOUNDARY],
  ['B', NO_BOUNDARY],
]);

/** What `.`, `^` and `$` are in JavaScript: a line of .NET ends with the line feed alone. */
export function anchorOrDot(character: string, { m, s }: PatternOptions): string | undefined {
  switch (character) {
    case '.':
      return s ? '[^]' : '[^\\u000a]';
    case '^':
      return m ? '(?<![^\\u000a])' : '^';
    case '$':
      return m ? '(?![^\\u000a])' : END_OR_LAST_LINE;
    default:
      return undefined;
  }
}
