import { complement, difference, emptySet, spellings, type UnitSet, union } from './dotnet-characters.js';
import { escapedCharacter, escapedSet } from './dotnet-escapes.js';
import { InvalidPattern, type PatternReader, UnsupportedPattern } from './pattern-reader.js';

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

/** A hyphen before the end, or before a class to subtract, is no range. */
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
