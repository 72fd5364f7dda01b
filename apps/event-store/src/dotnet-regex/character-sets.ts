import { InvalidPattern, type PatternReader, UnsupportedPattern } from './pattern-reader.js';

/** Sets of UTF-16 code units in .NET's regular expressions. */
const UNITS = 0x10000;

export type UnitSet = Uint8Array;

const emptySet = (): UnitSet => new Uint8Array(UNITS);

function setOf(...ranges: readonly (readonly [from: number, to: number])[]): UnitSet {
  const set = emptySet();
  for (const [from, to] of ranges) set.fill(1, from, to + 1);
  return set;
}

const complement = (set: UnitSet): UnitSet => set.map((isIn) => 1 - isIn);

const union = (one: UnitSet, other: UnitSet): UnitSet => one.map((isIn, unit) => isIn | (other[unit] ?? 0));

const difference = (one: UnitSet, other: UnitSet): UnitSet =>
  one.map((isIn, unit) => (isIn === 1 && other[unit] === 0 ? 1 : 0));

const cache = new Map<string, UnitSet>();

/** @param category of Unicode, e.g. L or Lu */
function unicode(category: string): UnitSet {
  const known = cache.get(category);
  if (known) return known;
  const test = new RegExp(`^\\p{${category}}$`, 'u');
  const set = emptySet().map((_, unit) => (test.test(String.fromCharCode(unit)) ? 1 : 0));
  cache.set(category, set);
  return set;
}

const GENERAL_CATEGORY = /^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cfson]?)$/;

/** @returns undefined for a name that .NET does not know */
function namedSet(name: string): UnitSet | undefined {
  if (GENERAL_CATEGORY.test(name)) return unicode(name);
  const block = BLOCKS.get(name);
  return block && setOf(block);
}

const digits = (): UnitSet => unicode('Nd');

const spaces = (): UnitSet => union(unicode('Z'), setOf([9, 13], [0x85, 0x85]));

const wordCharacters = (): UnitSet => ['L', 'Mn', 'Nd', 'Pc'].map(unicode).reduce(union);

/** For word boundaries, the two joiners are part of a word. */
export const boundaryCharacters = (): UnitSet => union(wordCharacters(), setOf([0x200c, 0x200d]));

/** Writes the set as a character class of a JavaScript expression without flags. */
export function asClass(set: UnitSet): string {
  const ranges: string[] = [];
  for (let unit = set.indexOf(1); unit !== -1;) {
    const end = set.indexOf(0, unit);
    const last = end === -1 ? UNITS - 1 : end - 1;
    ranges.push(last === unit ? escapedUnit(unit) : `${escapedUnit(unit)}-${escapedUnit(last)}`);
    unit = end === -1 ? -1 : set.indexOf(1, end);
  }
  return `[${ranges.join('')}]`;
}

const escapedUnit = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;

/** @returns all spellings of a code unit; undefined if upper and lower case are not a pair, so that .NET may differ */
function spellings(unit: number): number[] | undefined {
  if (K_AND_KELVIN.includes(unit)) return K_AND_KELVIN;
  const character = String.fromCharCode(unit);
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
  if (lower === upper) return [unit];
  const isPair = lower.toUpperCase() === upper && upper.toLowerCase() === lower;
  return isPair && lower.length + upper.length === 2 ? [upper.charCodeAt(0), lower.charCodeAt(0)] : undefined;
}

const K_AND_KELVIN = [0x4b, 0x6b, 0x212a];

/** One code unit, in all its spellings if case is ignored. */
export function literal(unit: number, ignoresCase: boolean): string {
  if (!ignoresCase) return escapedUnit(unit);
  const units = spellings(unit);
  if (!units) throw new UnsupportedPattern(`ignoring the case of ${String.fromCharCode(unit)}`);
  return units.length === 1 ? escapedUnit(unit) : asClass(setOf(...units.map((one) => [one, one] as const)));
}

/**
 * Reads a character class up to its closing bracket: ranges, sets, and a class to subtract at its end.
 * @throws InvalidPattern
 */
export function parseClass(reader: PatternReader, ignoresCase: boolean): UnitSet {
  const isNegated = reader.take('^');
  const negated = (set: UnitSet): UnitSet => (isNegated ? complement(set) : set);
  let set = withNextElement(emptySet(), reader, ignoresCase);
  while (!reader.take(']')) {
    if (reader.take('-[')) return subtracted(reader, negated(set), ignoresCase);
    set = withNextElement(set, reader, ignoresCase);
  }
  return negated(set);
}

/** One element: a set, a range or a character. */
function withNextElement(set: UnitSet, reader: PatternReader, ignoresCase: boolean): UnitSet {
  if (reader.atEnd) throw new InvalidPattern('Unterminated [] set.');
  const element = readElement(reader);
  if (typeof element !== 'number') return union(set, element);
  if (isRange(reader)) addRange(set, element, { reader, ignoresCase });
  else add(set, element, ignoresCase);
  return set;
}

function subtracted(reader: PatternReader, set: UnitSet, ignoresCase: boolean): UnitSet {
  const taken = parseClass(reader, ignoresCase);
  if (!reader.take(']')) throw new InvalidPattern('A subtraction must be the last element in a character class.');
  return difference(set, taken);
}

function readElement(reader: PatternReader): UnitSet | number {
  if (!reader.take('\\')) return reader.read().charCodeAt(0);
  if (reader.atEnd) throw new InvalidPattern('Unterminated [] set.');
  return escapedSet(reader) ?? escapedCharacter(reader);
}

/** A hyphen before the end or before a class to subtract is not a range. */
const isRange = (reader: PatternReader): boolean =>
  reader.next === '-' && reader.afterNext !== ']' && reader.afterNext !== '' && reader.afterNext !== '[';

function addRange(
  set: UnitSet,
  from: number,
  { reader, ignoresCase }: { reader: PatternReader; ignoresCase: boolean },
): void {
  reader.read();
  const to = readElement(reader);
  if (typeof to !== 'number') throw new InvalidPattern('Cannot include a class in a character range.');
  if (to < from) throw new InvalidPattern('[x-y] range in reverse order.');
  for (let unit = from; unit <= to; unit++) add(set, unit, ignoresCase);
}

function add(set: UnitSet, unit: number, ignoresCase: boolean): void {
  const units = ignoresCase ? spellings(unit) : [unit];
  if (!units) throw new UnsupportedPattern(`ignoring the case of ${String.fromCharCode(unit)}`);
  for (const one of units) set[one] = 1;
}

const SETS = new Map<string, () => UnitSet>([
  ['d', digits],
  ['s', spaces],
  ['w', wordCharacters],
]);

const CONTROLS = new Map([
  ['a', 0x07],
  ['b', 0x08],
  ['t', 0x09],
  ['n', 0x0a],
  ['v', 0x0b],
  ['f', 0x0c],
  ['r', 0x0d],
  ['e', 0x1b],
]);

/** Reads `\d`, `\S`, `\p{…}` and the like after the backslash; undefined if it is none of them. */
export function escapedSet(reader: PatternReader): UnitSet | undefined {
  const escape = reader.next;
  const lower = escape.toLowerCase();
  const make = SETS.get(lower);
  if (!make && lower !== 'p') return undefined;
  reader.read();
  const set = make ? make() : property(reader);
  return escape === lower ? set : complement(set);
}

function property(reader: PatternReader): UnitSet {
  const name = reader.match(/\{([\w-]+)\}/y)?.[1];
  if (name === undefined) throw new InvalidPattern('Malformed \\p{X} character escape.');
  const set = namedSet(name);
  if (!set) throw new InvalidPattern(`Unknown property '${name}'.`);
  return set;
}

/** Reads an escaped code unit after the backslash. */
export function escapedCharacter(reader: PatternReader): number {
  const octal = reader.match(/[0-7]{1,3}/y);
  if (octal) return parseInt(octal[0], 8) & 0xff;
  const character = reader.read();
  const control = CONTROLS.get(character);
  if (control !== undefined) return control;
  if (character === 'x' || character === 'u') return hexadecimal(reader, character === 'x' ? 2 : 4);
  if (character === 'c') return controlCharacter(reader);
  if (/[\p{L}\p{Mn}\p{Nd}\p{Pc}]/u.test(character))
    throw new InvalidPattern(`Unrecognized escape sequence \\${character}.`);
  return character.charCodeAt(0);
}

function hexadecimal(reader: PatternReader, length: 2 | 4): number {
  const found = reader.match(length === 2 ? /[0-9a-f]{2}/iy : /[0-9a-f]{4}/iy);
  if (!found) throw new InvalidPattern('Insufficient hexadecimal digits.');
  return parseInt(found[0], 16);
}

function controlCharacter(reader: PatternReader): number {
  const found = reader.match(/[@-_a-z]/y);
  if (!found) throw new InvalidPattern('Missing or unrecognized control character.');
  return found[0].toUpperCase().charCodeAt(0) - 64;
}

/** Named blocks with their first and last code unit in hexadecimal. */
const BLOCKS = new Map(
  `BasicLatin 0 7f|Latin-1Supplement 80 ff|LatinExtended-A 100 17f|LatinExtended-B 180 24f|IPAExtensions 250 2af
SpacingModifierLetters 2b0 2ff|CombiningDiacriticalMarks 300 36f|Greek 370 3ff|GreekandCoptic 370 3ff|Cyrillic 400 4ff
CyrillicSupplement 500 52f|Armenian 530 58f|Hebrew 590 5ff|Arabic 600 6ff|Syriac 700 74f|Thaana 780 7bf
Devanagari 900 97f|Bengali 980 9ff|Gurmukhi a00 a7f|Gujarati a80 aff|Oriya b00 b7f|Tamil b80 bff|Telugu c00 c7f
Kannada c80 cff|Malayalam d00 d7f|Sinhala d80 dff|Thai e00 e7f|Lao e80 eff|Tibetan f00 fff|Myanmar 1000 109f
Georgian 10a0 10ff|HangulJamo 1100 11ff|Ethiopic 1200 137f|Cherokee 13a0 13ff
UnifiedCanadianAboriginalSyllabics 1400 167f|Ogham 1680 169f|Runic 16a0 16ff|Tagalog 1700 171f|Hanunoo 1720 173f
Buhid 1740 175f|Tagbanwa 1760 177f|Khmer 1780 17ff|Mongolian 1800 18af|Limbu 1900 194f|TaiLe 1950 197f
KhmerSymbols 19e0 19ff|PhoneticExtensions 1d00 1d7f|LatinExtendedAdditional 1e00 1eff|GreekExtended 1f00 1fff
GeneralPunctuation 2000 206f|SuperscriptsandSubscripts 2070 209f|CurrencySymbols 20a0 20cf
CombiningDiacriticalMarksforSymbols 20d0 20ff|CombiningMarksforSymbols 20d0 20ff|LetterlikeSymbols 2100 214f
NumberForms 2150 218f|Arrows 2190 21ff|MathematicalOperators 2200 22ff|MiscellaneousTechnical 2300 23ff
ControlPictures 2400 243f|OpticalCharacterRecognition 2440 245f|EnclosedAlphanumerics 2460 24ff|BoxDrawing 2500 257f
BlockElements 2580 259f|GeometricShapes 25a0 25ff|MiscellaneousSymbols 2600 26ff|Dingbats 2700 27bf
MiscellaneousMathematicalSymbols-A 27c0 27ef|SupplementalArrows-A 27f0 27ff|BraillePatterns 2800 28ff
SupplementalArrows-B 2900 297f|MiscellaneousMathematicalSymbols-B 2980 29ff|SupplementalMathematicalOperators 2a00 2aff
MiscellaneousSymbolsandArrows 2b00 2bff|CJKRadicalsSupplement 2e80 2eff|KangxiRadicals 2f00 2fdf
IdeographicDescriptionCharacters 2ff0 2fff|CJKSymbolsandPunctuation 3000 303f|Hiragana 3040 309f|Katakana 30a0 30ff
Bopomofo 3100 312f|HangulCompatibilityJamo 3130 318f|Kanbun 3190 319f|BopomofoExtended 31a0 31bf
KatakanaPhoneticExtensions 31f0 31ff|EnclosedCJKLettersandMonths 3200 32ff|CJKCompatibility 3300 33ff
CJKUnifiedIdeographsExtensionA 3400 4dbf|YijingHexagramSymbols 4dc0 4dff|CJKUnifiedIdeographs 4e00 9fff
YiSyllables a000 a48f|YiRadicals a490 a4cf|HangulSyllables ac00 d7af|HighSurrogates d800 db7f
HighPrivateUseSurrogates db80 dbff|LowSurrogates dc00 dfff|PrivateUse e000 f8ff|PrivateUseArea e000 f8ff
CJKCompatibilityIdeographs f900 faff|AlphabeticPresentationForms fb00 fb4f|ArabicPresentationForms-A fb50 fdff
VariationSelectors fe00 fe0f|CombiningHalfMarks fe20 fe2f|CJKCompatibilityForms fe30 fe4f|SmallFormVariants fe50 fe6f
ArabicPresentationForms-B fe70 feff|HalfwidthandFullwidthForms ff00 ffef|Specials fff0 ffff`
    .split(/[|\n]/)
    .map((block) => {
      const [name = '', first = '', last = ''] = block.split(' ');
      return [`Is${name}`, [parseInt(first, 16), parseInt(last, 16)] as const];
    }),
);
