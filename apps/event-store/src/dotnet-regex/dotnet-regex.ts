import { asClass, boundaryCharacters, literal, parseClass, escapedCharacter, escapedSet } from './character-sets.js';
import { InvalidPattern, PatternReader, UnsupportedPattern } from './pattern-reader.js';

/**
 * Translates a .NET expression into a JavaScript one that matches the same texts.
 * @throws InvalidPattern if .NET would refuse the expression
 * @throws UnsupportedPattern if no JavaScript expression is equivalent
 */
export function dotnetRegex(pattern: string): RegExp {
  const first = new Translator(pattern, undefined);
  first.translate();
  return new RegExp(new Translator(pattern, new GroupNames(first.groups)).translate());
}

/** A part of the expression, with the groups that have captured once it has matched. */
interface Part {
  js: string;
  captured: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Reads an expression from left to right and writes the JavaScript one. Groups are named by the order in which they open, because
 * their .NET names are known only after a first run.
 */
class Translator {
  /** The groups in the order in which they open. */
  readonly groups: GroupName[] = [];
  readonly #reader: PatternReader;
  #options = NO_OPTIONS;
  #isBehind = false;
  #atomicGroups = 0;

  constructor(
    pattern: string,
    private readonly known: GroupNames | undefined,
  ) {
    this.#reader = new PatternReader(pattern);
  }

  translate(): string {
    const { js } = this.#alternatives(NOTHING);
    if (!this.#reader.atEnd) throw new InvalidPattern("Too many )'s.");
    return js;
  }

  #alternatives(before: ReadonlySet<string>): Part {
    const branches = [this.#branch(before)];
    while (this.#reader.take('|')) branches.push(this.#branch(before));
    const [first, ...others] = branches.map(({ captured }) => captured);
    const inAll = others.reduce((common, captured) => common.intersection(captured), first ?? NOTHING);
    return { js: branches.map(({ js }) => js).join('|'), captured: inAll };
  }

  #branch(before: ReadonlySet<string>): Part {
    const captured = new Set<string>();
    let js = '';
    for (;;) {
      this.#reader.skipBlanks(this.#options.x);
      if (this.#reader.atEnd || '|)'.includes(this.#reader.next)) return { js, captured };
      const atom = this.#atom(before.union(captured), captured);
      if (!atom) continue;
      const part = this.#quantified(atom);
      js += part.js;
      for (const group of part.captured) captured.add(group);
    }
  }

  #quantified(atom: Part): Part {
    this.#reader.skipBlanks(this.#options.x);
    const quantifier = this.#reader.quantifier(this.#options.x);
    if (!quantifier) return atom;
    return { js: `(?:${atom.js})${quantifier.js}`, captured: quantifier.minimum > 0 ? atom.captured : NOTHING };
  }

  /** @returns undefined for options, which match nothing */
  #atom(before: ReadonlySet<string>, here: Set<string>): Part | undefined {
    const reader = this.#reader;
    if (reader.isQuantifier) throw new InvalidPattern(`Quantifier '${reader.next}' following nothing.`);
    const character = reader.read();
    if (character === '(') return this.#group(before, here);
    if (character === '[') return plain(asClass(parseClass(reader, this.#options.i)));
    if (character === '\\') return plain(this.#escape(before));
    return plain(anchorOrDot(character, this.#options) ?? literal(character.charCodeAt(0), this.#options.i));
  }

  #escape(before: ReadonlySet<string>): string {
    const reader = this.#reader;
    if (reader.atEnd) throw new InvalidPattern('Illegal \\ at end of pattern.');
    const anchor = ESCAPED_ANCHORS.get(reader.next);
    if (anchor !== undefined && reader.take(reader.next)) return anchor;
    const set = escapedSet(reader);
    if (set) return asClass(set);
    const reference = readReference(reader, this.known);
    if (reference !== undefined) return this.#backreference(reference, before);
    return literal(escapedCharacter(reader), this.#options.i);
  }

  #backreference(reference: string, before: ReadonlySet<string>): string {
    if (!this.known) return '';
    const group = this.known.keyOf(reference);
    if (group === undefined) throw new InvalidPattern(`Reference to undefined group ${reference}.`);
    const isPlain = !this.#options.i && !this.#isBehind && before.has(group);
    if (!isPlain) throw new UnsupportedPattern(`the reference to group ${reference} in this place`);
    return `\\k<${group}>`;
  }

  #group(before: ReadonlySet<string>, here: Set<string>): Part | undefined {
    const reader = this.#reader;
    if (reader.next !== '?') return this.#options.n ? this.#closed('(?:', before) : this.#capture(undefined, before);
    const lookaround = LOOKAROUNDS.find((start) => reader.take(start));
    if (lookaround !== undefined) return this.#lookaround(lookaround, before);
    if (reader.take('?>')) return this.#atomic(before);
    if (reader.take('?(')) return this.#conditional(before);
    const name = reader.match(/\?(?:<[^>]*>|'[^']*')/y)?.[0].slice(2, -1);
    return name === undefined ? this.#withOptions(before) : this.#named(name, before, here);
  }

  #closed(opening: string, before: ReadonlySet<string>): Part {
    const options = this.#options;
    const { js, captured } = this.#alternatives(before);
    if (!this.#reader.take(')')) throw new InvalidPattern("Not enough )'s.");
    this.#options = options;
    return { js: `${opening}${js})`, captured };
  }

  #capture(name: GroupName, before: ReadonlySet<string>): Part {
    const key = keyAt(this.groups.push(name) - 1);
    const part = this.#closed(`(?<${key}>`, before);
    return { js: part.js, captured: new Set(part.captured).add(key) };
  }

  #named(name: string, before: ReadonlySet<string>, here: Set<string>): Part {
    if (isGroupName(name)) return this.#capture(name, before);
    const popped = /^-(\w+)$/.exec(name)?.[1];
    if (popped !== undefined) return this.#popping(popped, before, here);
    if (/^\w+-\w+$/.test(name)) throw new UnsupportedPattern('balancing groups');
    throw new InvalidPattern('Invalid group name: Group names must begin with a word character.');
  }

  /** `(?<-name>…)` removes a capture. That has no effect if the capture was made once, right before. */
  #popping(name: string, before: ReadonlySet<string>, here: Set<string>): Part {
    const group = this.known?.keyOf(name);
    if (this.known && group === undefined) throw new InvalidPattern(`Reference to undefined group name ${name}.`);
    const part = this.#closed('(?:', before);
    if (group === undefined) return part;
    const isOnce = here.delete(group) && !this.#reader.isQuantifier;
    if (!isOnce) throw new UnsupportedPattern('balancing groups');
    return part;
  }

  #lookaround(start: string, before: ReadonlySet<string>): Part {
    const wasBehind = this.#isBehind;
    this.#isBehind ||= start.startsWith('?<');
    const { js, captured } = this.#closed(`(${start}`, before);
    this.#isBehind = wasBehind;
    return { js, captured: start.endsWith('!') ? NOTHING : captured };
  }

  /** A lookahead does not backtrack, so its match is matched again. */
  #atomic(before: ReadonlySet<string>): Part {
    if (this.#isBehind) throw new UnsupportedPattern('atomic groups within a lookbehind');
    const key = `atomic${this.#atomicGroups++}`;
    const { js, captured } = this.#closed(`(?=(?<${key}>`, before);
    return { js: `${js})\\k<${key}>`, captured };
  }

  #conditional(before: ReadonlySet<string>): Part {
    const reader = this.#reader;
    if (reader.peek(/\w+\)/y)) throw new UnsupportedPattern('conditions that may ask for a group');
    const lookaround = LOOKAROUNDS.find((start) => reader.take(start)) ?? '?=';
    const condition = this.#lookaround(lookaround, before);
    const options = this.#options;
    const yes = this.#branch(before);
    const no = reader.take('|') ? this.#branch(before) : { js: '', captured: NOTHING };
    if (reader.take('|')) throw new InvalidPattern('Too many | in (?()|).');
    if (!reader.take(')')) throw new InvalidPattern("Not enough )'s.");
    this.#options = options;
    return plain(`(?:${condition.js}${yes.js}|(?!${condition.js})${no.js})`);
  }

  /** @returns undefined for options without a group of their own */
  #withOptions(before: ReadonlySet<string>): Part | undefined {
    const around = this.#options;
    const { options, opensGroup } = readPatternOptions(this.#reader, around);
    this.#options = options;
    if (!opensGroup) return undefined;
    const part = this.#closed('(?:', before);
    this.#options = around;
    return part;
  }
}

const plain = (js: string): Part => ({ js, captured: NOTHING });

/** @returns undefined for a group without a name */
type GroupName = string | undefined;

/** Names a group by the order in which groups open. */
const keyAt = (index: number): string => `group${index}`;

/** Finds groups by their .NET name or number. Named groups are numbered after the others. */
class GroupNames {
  readonly #keys = new Map<string, string[]>();
  readonly #hasNumbersForNames: boolean;

  /** @param groups in the order in which they open */
  constructor(groups: readonly GroupName[]) {
    this.#hasNumbersForNames = groups.some((name) => name !== undefined && /^\d/.test(name));
    const keyed = groups.map((name, index) => ({ name, key: keyAt(index) }));
    for (const { name, key } of keyed) if (name !== undefined) this.#add(name, key);
    const named = [...this.#keys.values()];
    const unnamed = keyed.filter(({ name }) => name === undefined).map(({ key }) => [key]);
    [...unnamed, ...named].forEach((keys, index) => this.#keys.set(String(index + 1), keys));
  }

  #add(name: string, key: string): void {
    this.#keys.set(name, [...(this.#keys.get(name) ?? []), key]);
  }

  /** @returns undefined if there is no such group */
  keyOf(reference: string): string | undefined {
    if (this.#hasNumbersForNames)
      throw new UnsupportedPattern('references together with groups whose names are numbers');
    const keys = this.#keys.get(reference) ?? [];
    if (keys.length > 1) throw new UnsupportedPattern(`a reference to one of several groups ${reference}`);
    return keys[0];
  }
}

/** A word, or a number other than 0. */
const isGroupName = (name: string): boolean => /^\w+$/.test(name) && !/^(?:0+|\d+\D.*)$/.test(name);

/** Reads the name or number of a backreference after the backslash; undefined for another escape. */
function readReference(reader: PatternReader, groups: GroupNames | undefined): string | undefined {
  const named = reader.match(/k?(?:<(\w+)>|'(\w+)')/y);
  if (named) return named[1] ?? named[2];
  if (reader.next === 'k') throw new InvalidPattern('Malformed \\k<...> named back reference.');
  const digits = reader.peek(/[1-9]\d*/y)?.[0];
  if (digits === undefined || isCharacter(digits, groups)) return undefined;
  reader.skip(digits.length);
  return digits;
}

/** Two or more digits are a character code if there is no such group. */
const isCharacter = (digits: string, groups: GroupNames | undefined): boolean =>
  digits.length > 1 && groups !== undefined && groups.keyOf(digits) === undefined;

/** Ignore case, multi-line, explicit captures only, single line, ignore white space. */
interface PatternOptions {
  i: boolean;
  m: boolean;
  n: boolean;
  s: boolean;
  x: boolean;
}

const NO_OPTIONS: PatternOptions = { i: false, m: false, n: false, s: false, x: false };

interface ReadOptions {
  options: PatternOptions;
  /** `(?i)` applies to the end of the enclosing group, `(?i:…)` to its own group. */
  opensGroup: boolean;
}

/** @throws InvalidPattern if it is not a change of options either */
function readPatternOptions(reader: PatternReader, current: PatternOptions): ReadOptions {
  const found = reader.match(/\?([imnsx]*)(?:-([imnsx]*))?([:)])/iy);
  if (!found) throw new InvalidPattern('Unrecognized grouping construct.');
  const [, on = '', off = '', end] = found;
  const options = { ...current };
  for (const option of on.toLowerCase()) options[option as keyof PatternOptions] = true;
  for (const option of off.toLowerCase()) options[option as keyof PatternOptions] = false;
  return { options, opensGroup: end === ':' };
}

const WORD = asClass(boundaryCharacters());
const BOUNDARY = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`;
const NO_BOUNDARY = `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`;
const END_OR_LAST_LINE = '(?=\\u000a?$)';

const LOOKAROUNDS = ['?<=', '?<!', '?=', '?!'];

/** Anchors after a backslash. `\G` is the start, because a search begins there. */
const ESCAPED_ANCHORS = new Map([
  ['A', '^'],
  ['G', '^'],
  ['Z', END_OR_LAST_LINE],
  ['z', '$'],
  ['b', BOUNDARY],
  ['B', NO_BOUNDARY],
]);

/** JavaScript for `.`, `^` and `$`: in .NET, only a line feed ends a line. */
function anchorOrDot(character: string, { m, s }: PatternOptions): string | undefined {
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
