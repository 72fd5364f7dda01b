/** Walks the bodies of all commands: what becomes of each text in which anything can be written. */
import { describe, expect, it } from '@jest/globals';
import { freeTextsOf } from '#fields';
import { commands } from './streams.js';

const fields = commands.flatMap(({ name, dto }) =>
  [...freeTextsOf(dto).declared].map(([path, text]) => ({ command: name, path, text })),
);

describe('a free text of a command', () => {
  it.each(commands.map(({ name, dto }) => [name, dto] as const))('of %s says what is stored of it', (_, dto) => {
    expect(freeTextsOf(dto).undeclared).toEqual([]);
  });

  it('says why', () => {
    expect(fields.length).toBeGreaterThan(100);
    expect(fields.filter(({ text }) => !/^[A-Z].*\.$/.test(text.because))).toEqual([]);
  });
});
