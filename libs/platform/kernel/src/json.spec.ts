import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, parseJson, UnreadableJson } from './json.js';

const messageOf = (input: string | Uint8Array): string => {
  try {
    parseJson(input);
    return 'accepted';
  } catch (error) {
    return error instanceof UnreadableJson ? error.message : `no UnreadableJson, but ${String(error)}`;
  }
};

describe('JSON of others', () => {
  it('is what JSON.parse says, whatever is in its texts and names', () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        if (text.includes('"__proto__":')) return;
        expect(parseJson(text)).toEqual(JSON.parse(text));
        expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    ));

  it.each([
    String.raw`{"a":"\":","b":"\\","c\\":"x\\\":"}`,
    String.raw`{"a" : {"a":1}, "b":[{"a":1},{"a":1}]}`,
    '{"":{"":1}}',
    ' "a:b" ',
    `${'['.repeat(100)}${']'.repeat(100)}`,
  ])('is accepted: %s', (text) => expect(parseJson(text)).toEqual(JSON.parse(text)));

  it.each([
    ['{"sku":"MUG","sku":"CUP"}', 'It has the name "sku" twice'],
    [String.raw`{"sku":"MUG","\u0073ku":"CUP"}`, 'It has the name "sku" twice'],
    ['{"lines":[{"sku":"A"},{"sku":"B","quantity":1,"quantity":2}]}', 'lines.1 has the name "quantity" twice'],
    ['{"a":{"b":[[{"c":1,"c":1}]]}}', 'a.b.0.0 has the name "c" twice'],
    [String.raw`{"a\"b":1,"a\"b":2}`, String.raw`It has the name "a\"b" twice`],
    ['{"a" : 1,\n"a"\t: 2}', 'It has the name "a" twice'],
    ['{"__proto__":{"x":1}}', '__proto__ is not a name for a field'],
    [`${'['.repeat(101)}${']'.repeat(101)}`, 'It has more than 100 levels'],
  ])('is refused: %s', (text, message) => expect(messageOf(text)).toBe(message));

  it.each(['', 'x', '{"a":1', '{"a":1}{', '[1,]', 'NaN', '{a:1}'])('is not %j', (text) =>
    expect(messageOf(text)).toMatch(/^It is not JSON: /),
  );

  it.each([
    [[0x22, 0xff, 0x22], 2],
    [[0x22, 0x61, 0xc3, 0x22], 4],
    [[0x22, 0xed, 0xa0, 0x80, 0x22], 3],
    [[0x22, 0xc0, 0x80, 0x22], 2],
    [[...Buffer.from('"£'), 0xa3, 0x22], 4],
    [[0x22, 0x61, 0xc3], 3],
  ])('is not %j, but names the byte', (bytes, place) =>
    expect(messageOf(Uint8Array.from(bytes))).toBe(`It is not UTF-8: see byte ${place}`),
  );

  it('does not become slow, however large', () => {
    const text = JSON.stringify(
      Array.from({ length: 20_000 }, (_, n) => ({ sku: `SKU-${n}`, text: '\\"\\\\'.repeat(5) })),
    );
    const began = performance.now();
    parseJson(text);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(messageOf('['.repeat(500_000) + ']'.repeat(500_000))).toBe('It has more than 100 levels');
    expect(messageOf(`"${'\\'.repeat(500_000)}"`)).toBe('accepted');
  });
});

it('the canonical text of a value is the same however its members are ordered, and different for other values', () => {
  const value = { b: [1, { d: null, c: 'x' }], a: undefined, e: false };
  expect(canonicalJson(value)).toBe('{"b":[1,{"c":"x","d":null}],"e":false}');
  expect(canonicalJson({ e: false, b: [1, { c: 'x', d: null }] })).toBe(canonicalJson(value));
  expect(canonicalJson({ e: false, b: [{ c: 'x', d: null }, 1] })).not.toBe(canonicalJson(value));
});
