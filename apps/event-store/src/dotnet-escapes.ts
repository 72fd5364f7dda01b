import { complement, digits, namedSet, spaces, type UnitSet, wordCharacters } from './dotnet-characters.js';
import { InvalidPattern, type PatternReader } from './pattern-reader.js';

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

/** After a backslash: `\d`, `\S`, `\p{…}` and the like; undefined if it is none of them. */
export function escapedSet(reader: PatternReader): UnitSet | undefined {
  const letter = reader.next;
  const lower = letter.toLowerCase();
  const make = SETS.get(lower);
  if (!make && lower !== 'p') return undefined;
  reader.read();
  const set = make ? make() : property(reader);
  return letter === lower ? set : complement(set);
}

function property(reader: PatternReader): UnitSet {
  const name = reader.match(/\{([\w-]+)\}/y)?.[1];
  if (name === undefined) throw new InvalidPattern('Malformed \\p{X} character escape.');
  const set = namedSet(name);
  if (!set) throw new InvalidPattern(`Unknown property '${name}'.`);
  return set;
}

/** After a backslash: the code unit that is meant. */
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
