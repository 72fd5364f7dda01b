/** .NET would refuse the expression. */
export class InvalidPattern extends Error {}

/** A part of the expression, named in the message, has no JavaScript equivalent. */
export class UnsupportedPattern extends Error {}

interface Quantifier {
  js: string;
  minimum: number;
}

/** Reads a regular expression character by character. */
export class PatternReader {
  #at = 0;

  constructor(private readonly pattern: string) {}

  get atEnd(): boolean {
    return this.#at >= this.pattern.length;
  }

  /** The next character; empty at the end. */
  get next(): string {
    return this.pattern.charAt(this.#at);
  }

  /** The character after the next one. */
  get afterNext(): string {
    return this.pattern.charAt(this.#at + 1);
  }

  read(): string {
    return this.pattern.charAt(this.#at++);
  }

  skip(characters: number): void {
    this.#at += characters;
  }

  take(text: string): boolean {
    const isNext = this.pattern.startsWith(text, this.#at);
    if (isNext) this.#at += text.length;
    return isNext;
  }

  /** @param expression sticky */
  peek(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    return expression.exec(this.pattern) ?? undefined;
  }

  match(expression: RegExp): RegExpExecArray | undefined {
    const found = this.peek(expression);
    if (found) this.#at += found[0].length;
    return found;
  }

  /** Skips comments and, with the option x, white space and the rest of a line after #. */
  skipBlanks(isFree: boolean): void {
    for (;;) {
      if (isFree) this.match(/(?:[ \t\n\v\f\r]|#[^\n]*)+/y);
      if (!this.take('(?#')) return;
      if (!this.match(/[^)]*\)/y)) throw new InvalidPattern('Unterminated (?#...) comment.');
    }
  }

  /** A brace that does not contain one or two numbers is a character. */
  get isQuantifier(): boolean {
    return this.peek(/[*+?]|\{\d+(?:,\d*)?\}/y) !== undefined;
  }

  quantifier(isFree: boolean): Quantifier | undefined {
    const found = this.match(/[*+?]|\{(\d+)(?:,(\d*))?\}/y);
    if (!found) return undefined;
    const [text, low, high] = found;
    const minimum = low === undefined ? Number(text === '+') : Number(low);
    if (high && Number(high) < minimum) throw new InvalidPattern('Illegal {x,y} with x > y.');
    this.skipBlanks(isFree);
    const lazy = this.take('?') ? '?' : '';
    this.skipBlanks(isFree);
    if (this.isQuantifier) throw new InvalidPattern(`Nested quantifier '${this.next}'.`);
    return { js: text + lazy, minimum };
  }
}
