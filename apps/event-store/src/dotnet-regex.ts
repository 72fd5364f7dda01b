import { anchorOrDot, ESCAPED_ANCHORS, LOOKAROUNDS } from './dotnet-anchors.js';
import { asClass, literal } from './dotnet-characters.js';
import { parseClass } from './dotnet-class.js';
import { escapedCharacter, escapedSet } from './dotnet-escapes.js';
import { type GroupName, GroupNames, isGroupName, keyAt, readReference } from './group-names.js';
import { NO_OPTIONS, readPatternOptions } from './pattern-options.js';
import { InvalidPattern, PatternReader, UnsupportedPattern } from './pattern-reader.js';

/**
 * A JavaScript expression that matches the same texts as the .NET expression.
 * @throws InvalidPattern where .NET would refuse the expression
 * @throws UnsupportedPattern where no JavaScript expression means the same
 */
export function dotnetRegex(pattern: string): RegExp {
  const first = new Translator(pattern, undefined);
  first.translate();
  return new RegExp(new Translator(pattern, new GroupNames(first.groups)).translate());
}

/** A part of the expression, and the groups that have captured something once it has matched. */
interface Part {
  js: string;
  captured: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Reads an expression from left to right and writes the JavaScript one. A group gets a name of our own by the order in
 * which groups open; what it is called in .NET is known only after a first run.
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

  /** Undefined for what matches nothing by itself: options. */
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

  /** `(?<-name>…)` takes back a capture. That means nothing where the capture was made right before, once. */
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
    const options = this.#options;
    const yes = this.#branch(before);
    const no = reader.take('|') ? this.#branch(before) : { js: '', captured: NOTHING };
    if (reader.take('|')) throw new InvalidPattern('Too many | in (?()|).');
    if (!reader.take(')')) throw new InvalidPattern("Not enough )'s.");
    this.#options = options;
    return plain(`(?:${condition.js}${yes.js}|(?!${condition.js})${no.js})`);
  }

  /** Undefined for options that are not for a group of their own. */
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
