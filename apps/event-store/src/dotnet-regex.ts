import { asClass, boundaryCharacters, escapedUnit, setOf, spellings } from './dotnet-characters.js';
import { parseClass } from './dotnet-class.js';
import { escapedCharacter, escapedSet } from './dotnet-escapes.js';
import { InvalidPattern, PatternReader, UnsupportedPattern } from './pattern-reader.js';

export { InvalidPattern, UnsupportedPattern } from './pattern-reader.js';

/**
 * A JavaScript expression that matches the same texts as the .NET expression.
 * @throws InvalidPattern where .NET would refuse the expression
 * @throws UnsupportedPattern where no JavaScript expression means the same
 */
export function dotnetRegex(pattern: string): RegExp {
  const first = new Translator(pattern, undefined);
  first.translate();
  return new RegExp(new Translator(pattern, first.groups).translate());
}

/** Undefined for a group without a name. */
type GroupName = string | undefined;

/** A part of the expression, and the groups that have captured something once it has matched. */
interface Part {
  js: string;
  captured: ReadonlySet<string>;
}

interface Options {
  i: boolean;
  m: boolean;
  n: boolean;
  s: boolean;
  x: boolean;
}

const NOTHING: ReadonlySet<string> = new Set();
const WORD = asClass(boundaryCharacters());
const BOUNDARY = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`;
const NO_BOUNDARY = `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`;
const END_OR_LAST_LINE = '(?=\\u000a?$)';
/** Anchors that are escapes. A search starts at the start, so `\G` is there as well. */
const ANCHORS = new Map([
  ['A', '^'],
  ['G', '^'],
  ['Z', END_OR_LAST_LINE],
  ['z', '$'],
  ['b', BOUNDARY],
  ['B', NO_BOUNDARY],
]);
const LOOKAROUNDS = ['?<=', '?<!', '?=', '?!'];

/**
 * Reads an expression from left to right and writes the JavaScript one. A group gets a name of our own by the order in
 * which groups open; what it is called in .NET is known only after a first run.
 */
class Translator {
  /** The groups in the order in which they open. */
  readonly groups: GroupName[] = [];
  readonly #reader: PatternReader;
  #options: Options = { i: false, m: false, n: false, s: false, x: false };
  #isBehind = false;
  #atomicGroups = 0;

  constructor(
    pattern: string,
    private readonly known: readonly GroupName[] | undefined,
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

  /** Undefined for what matches nothing by itself: options. */
  #atom(before: ReadonlySet<string>, here: Set<string>): Part | undefined {
    const reader = this.#reader;
    if (reader.isQuantifier) throw new InvalidPattern(`Quantifier '${reader.next}' following nothing.`);
    const character = reader.read();
    switch (character) {
      case '(':
        return this.#group(before, here);
      case '[':
        return plain(asClass(parseClass(reader, this.#options.i)));
      case '.':
        return plain(this.#options.s ? '[^]' : '[^\\u000a]');
      case '^':
        return plain(this.#options.m ? '(?<![^\\u000a])' : '^');
      case '$':
        return plain(this.#options.m ? '(?![^\\u000a])' : END_OR_LAST_LINE);
      case '\\':
        return plain(this.#escape(before));
      default:
        return plain(this.#literal(character.charCodeAt(0)));
    }
  }

  #literal(unit: number): string {
    if (!this.#options.i) return escapedUnit(unit);
    const units = spellings(unit);
    if (!units) throw new UnsupportedPattern(`ignoring the case of ${String.fromCharCode(unit)}`);
    return units.length === 1 ? escapedUnit(unit) : asClass(setOf(...units.map((one) => [one, one] as const)));
  }

  #escape(before: ReadonlySet<string>): string {
    const reader = this.#reader;
    if (reader.atEnd) throw new InvalidPattern('Illegal \\ at end of pattern.');
    const anchor = ANCHORS.get(reader.next);
    if (anchor !== undefined) {
      reader.read();
      return anchor;
    }
    const set = escapedSet(reader);
    if (set) return asClass(set);
    const reference = this.#reference();
    if (reference !== undefined) return this.#backreference(reference, before);
    return this.#literal(escapedCharacter(reader));
  }

  /** The name or number after a backslash, where it is a reference to a group. */
  #reference(): string | undefined {
    const reader = this.#reader;
    const named = reader.match(/k?(?:<(\w+)>|'(\w+)')/y);
    if (named) return named[1] ?? named[2];
    if (reader.next === 'k') throw new InvalidPattern('Malformed \\k<...> named back reference.');
    const digits = reader.peek(/[1-9]\d*/y)?.[0];
    if (digits === undefined || (digits.length > 1 && this.known && !this.#numbered(digits))) return undefined;
    reader.skip(digits.length);
    return digits;
  }

  #backreference(reference: string, before: ReadonlySet<string>): string {
    if (!this.known) return '';
    const group = this.#numbered(reference);
    if (group === undefined) throw new InvalidPattern(`Reference to undefined group ${reference}.`);
    const isPlain = !this.#options.i && !this.#isBehind && before.has(group);
    if (!isPlain) throw new UnsupportedPattern(`the reference to group ${reference} in this place`);
    return `\\k<${group}>`;
  }

  /** Our name of a group: .NET numbers those with a name after those without. */
  #numbered(reference: string): string | undefined {
    const groups = (this.known ?? []).map((name, index) => ({ name, key: keyOf(index) }));
    if (groups.some(({ name }) => name !== undefined && /^\d/.test(name))) {
      throw new UnsupportedPattern('references beside groups with numbers for names');
    }
    const named = Map.groupBy(
      groups.filter(({ name }) => name !== undefined),
      ({ name }) => name,
    );
    const sameName = named.get(reference);
    if (sameName && sameName.length > 1)
      throw new UnsupportedPattern(`a reference to one of several groups ${reference}`);
    if (sameName) return sameName[0]?.key;
    const ordered = [
      ...groups.filter(({ name }) => name === undefined),
      ...[...named.values()].map(([first]) => first),
    ];
    return /^\d+$/.test(reference) ? ordered[Number(reference) - 1]?.key : undefined;
  }

  #group(before: ReadonlySet<string>, here: Set<string>): Part | undefined {
    const reader = this.#reader;
    if (!reader.take('?')) return this.#options.n ? this.#closed('(?:', before) : this.#capture(undefined, before);
    reader.skip(-1);
    const lookaround = LOOKAROUNDS.find((start) => reader.take(start));
    if (lookaround !== undefined) return this.#lookaround(lookaround, before);
    if (reader.take('?>')) return this.#atomic(before);
    if (reader.take('?(')) return this.#conditional(before);
    const name = reader.match(/\?(?:<([^>]*)>|'([^']*)')/y);
    if (name) return this.#named(name[1] ?? name[2] ?? '', before, here);
    return this.#withOptions(before);
  }

  #closed(opening: string, before: ReadonlySet<string>): Part {
    const options = { ...this.#options };
    const { js, captured } = this.#alternatives(before);
    if (!this.#reader.take(')')) throw new InvalidPattern("Not enough )'s.");
    this.#options = options;
    return { js: `${opening}${js})`, captured };
  }

  #capture(name: GroupName, before: ReadonlySet<string>): Part {
    const key = keyOf(this.groups.push(name) - 1);
    const { js, captured } = this.#closed(`(?<${key}>`, before);
    return { js, captured: new Set(captured).add(key) };
  }

  #named(name: string, before: ReadonlySet<string>, here: Set<string>): Part {
    if (/^\w+$/.test(name) && !/^(?:0+|\d+\D.*)$/.test(name)) return this.#capture(name, before);
    const popped = /^-(\w+)$/.exec(name)?.[1];
    if (popped !== undefined) return this.#popping(popped, before, here);
    if (/^\w+-\w+$/.test(name)) throw new UnsupportedPattern('balancing groups');
    throw new InvalidPattern('Invalid group name: Group names must begin with a word character.');
  }

  /** `(?<-name>…)` takes back a capture. That means nothing where the capture was made right before, once. */
  #popping(name: string, before: ReadonlySet<string>, here: Set<string>): Part {
    const group = this.known && this.#numbered(name);
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

  /** A lookahead does not go back, so what it matched is matched again. */
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
    const options = { ...this.#options };
    const yes = this.#branch(before);
    const no = reader.take('|') ? this.#branch(before) : { js: '', captured: NOTHING };
    if (reader.take('|')) throw new InvalidPattern('Too many | in (?()|).');
    if (!reader.take(')')) throw new InvalidPattern("Not enough )'s.");
    this.#options = options;
    return plain(`(?:${condition.js}${yes.js}|(?!${condition.js})${no.js})`);
  }

  /** `(?i)` holds to the end of the group around it, `(?i:…)` for its own. */
  #withOptions(before: ReadonlySet<string>): Part | undefined {
    const found = this.#reader.match(/\?([imnsx]*)(?:-([imnsx]*))?([:)])/iy);
    if (!found) throw new InvalidPattern('Unrecognized grouping construct.');
    const [, on = '', off = '', end] = found;
    const options = { ...this.#options };
    for (const option of on.toLowerCase()) this.#options[option as keyof Options] = true;
    for (const option of off.toLowerCase()) this.#options[option as keyof Options] = false;
    if (end === ')') return undefined;
    const part = this.#closed('(?:', before);
    this.#options = options;
    return part;
  }
}

const plain = (js: string): Part => ({ js, captured: NOTHING });

const keyOf = (index: number): string => `group${index}`;
