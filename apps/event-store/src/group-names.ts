import { InvalidPattern, type PatternReader, UnsupportedPattern } from './pattern-reader.js';

/** Undefined for a group without a name. */
export type GroupName = string | undefined;

/** What we call a group: by the order in which groups open. */
export const keyAt = (index: number): string => `group${index}`;

/** Finds groups by what .NET calls them: it numbers those with a name after those without. */
export class GroupNames {
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

  /** Undefined if there is no such group. */
  keyOf(reference: string): string | undefined {
    if (this.#hasNumbersForNames) throw new UnsupportedPattern('references beside groups with numbers for names');
    const keys = this.#keys.get(reference) ?? [];
    if (keys.length > 1) throw new UnsupportedPattern(`a reference to one of several groups ${reference}`);
    return keys[0];
  }
}

/** A word, or a number other than 0. */
export const isGroupName = (name: string): boolean => /^\w+$/.test(name) && !/^(?:0+|\d+\D.*)$/.test(name);

/** After a backslash: the name or number of a group that is referred to; undefined if it is another escape. */
export function readReference(reader: PatternReader, groups: GroupNames | undefined): string | undefined {
  const named = reader.match(/k?(?:<(\w+)>|'(\w+)')/y);
  if (named) return named[1] ?? named[2];
  if (reader.next === 'k') throw new InvalidPattern('Malformed \\k<...> named back reference.');
  const digits = reader.peek(/[1-9]\d*/y)?.[0];
  if (digits === undefined || isCharacter(digits, groups)) return undefined;
  reader.skip(digits.length);
  return digits;
}

/** Two digits or more are the number of a character where there is no such group. */
const isCharacter = (digits: string, groups: GroupNames | undefined): boolean =>
  digits.length > 1 && groups !== undefined && groups.keyOf(digits) === undefined;
