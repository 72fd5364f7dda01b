import { describe, expect, test } from '@jest/globals';
import { dotnetRegex } from './dotnet-regex.js';
import { InvalidPattern, UnsupportedPattern } from './pattern-reader.js';

const NAMES = [
  'order-1',
  'Order-2',
  'cart-1',
  'order',
  'order-\n4',
  'bestellung-ä',
  'a.b',
  'order-12',
  'ORDER-1',
  'aa',
];

const matching = (pattern: string): string[] => {
  const regex = dotnetRegex(pattern);
  return NAMES.filter((name) => regex.test(name));
};

describe('a translated expression matches as in .NET', () => {
  test.each<[string, string[]]>([
    ['^order-\\d$', ['order-1']],
    ['\\Aorder-1\\Z', ['order-1']],
    ['1\\z', ['order-1', 'cart-1', 'ORDER-1']],
    ['(?i)^ORDER-1$', ['order-1', 'ORDER-1']],
    ['(?i:ORDER)-1$', ['order-1', 'ORDER-1']],
    ['o(?i)RDER-1$', ['order-1']],
    ['(?i-s:ORDER)-1$', ['order-1', 'ORDER-1']],
    ["(?'n'order)-1$", ['order-1']],
    ['(?>order)-1$', ['order-1']],
    ['(?>o+)rder-1$', ['order-1']],
    ['(?x) ^ order - 1 $ # the first', ['order-1']],
    ['(?#comment)order(?#another)?-1$', ['order-1']],
    ['(?n)(order)-1$', ['order-1']],
    ['order-[\\d-[1]]', []],
    ['order-[\\d-[2]]', ['order-1', 'order-12']],
    ['^\\p{Lu}rder', ['Order-2']],
    ['\\P{IsBasicLatin}', ['bestellung-ä']],
    ['\\w+-ä$', ['bestellung-ä']],
    ['\\bä', ['bestellung-ä']],
    ['(?m)^4$', ['order-\n4']],
    ['(?s)order-.4', ['order-\n4']],
    ['order-.4', []],
    ['\\Gcart', ['cart-1']],
    ['\\e|cart', ['cart-1']],
    ['^(?(?=o)order|cart)-1$', ['order-1', 'cart-1']],
    ['(a)\\1', ['aa']],
    ['(?<x>a)\\k<x>', ['aa']],
    ['(?<x>a)(a)', ['aa']],
    ['(?<o>o)(?<-o>r)der$', ['order']],
    ['[]a]a', ['aa']],
    ['order{1,2', []],
    ['a{2,2}?', ['aa']],
    ['\\x61\\u0061', ['aa']],
    ['a\\.b', ['a.b']],
  ])('%s', (pattern, names) => {
    expect(matching(pattern)).toEqual(names);
  });

  test('ignoring the case, the Kelvin sign is a k', () => {
    expect(dotnetRegex('(?i)^k$').test('\u212a')).toBe(true);
  });

  test('its line end is the line feed alone', () => {
    expect(dotnetRegex('^.$').test('\r')).toBe(true);
    expect(dotnetRegex('a$').test('a\n')).toBe(true);
    expect(dotnetRegex('a$').test('a\r')).toBe(false);
  });

  test('its digits and letters are those of all scripts', () => {
    expect(dotnetRegex('^\\d\\w$').test('\u0663\u05d0')).toBe(true);
  });

  test('a capture that is taken back as often as it was made changes nothing', () => {
    expect(dotnetRegex('^(?:(?<o>o)(?<-o>r))+$').test('oror')).toBe(true);
  });
});

test.each([
  'order(',
  'order)',
  '[',
  '[^]',
  '[z-a]',
  '[a-\\d]',
  '[a-[b]c]',
  '*a',
  'a**',
  'a{2}{3}',
  'a{3,2}',
  '(?i)*',
  '\\h',
  '\\R',
  '\\_',
  '\\k<n>',
  '\\k',
  '(a)\\2',
  '\\p{Nothing}',
  '\\p',
  '\\xg',
  '(?P<n>a)',
  '(?<0>a)',
  '(?<n',
  '(?#',
  '(?(?=a)b|c|d)',
  'a\\',
])('%s is refused by .NET, too', (pattern) => {
  expect(() => dotnetRegex(pattern)).toThrow(InvalidPattern);
});

test.each([
  ['(?<a>x)(?<b>y)(?<b-a>z)', 'balancing groups'],
  ['(?<a>x)*(?<-a>y)', 'balancing groups'],
  ['(a)?\\1', 'the reference to group 1 in this place'],
  ['(?i)(a)\\1', 'the reference to group 1 in this place'],
  ['(?<n>a)|(?<n>b)\\k<n>', 'a reference to one of several groups n'],
  ['(?<2>a)\\2', 'references together with groups whose names are numbers'],
  ['(a)(?(1)b|c)', 'conditions that may ask for a group'],
  ['(?<=(?>a))b', 'atomic groups within a lookbehind'],
  ['(?i)ß', 'ignoring the case of ß'],
])('%s means something that JavaScript cannot say: %s', (pattern, reason) => {
  expect(() => dotnetRegex(pattern)).toThrow(new UnsupportedPattern(reason));
});
