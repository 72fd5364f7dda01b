import { expect, it } from '@jest/globals';
import { eventDefinitions, streamTypes } from '#registry';
import { InvariantChecks } from './invariant-checks.js';
import { invariants } from './invariants.js';

it('each invariant is checked once, in the order of the table', () => {
  const { checkers } = new InvariantChecks(eventDefinitions);
  expect(checkers.map(({ invariant }) => invariant)).toEqual(Object.values(invariants));
});

it.each(Object.values(invariants))(
  '$id, $name, reads every stream whose events it adds up',
  ({ categories, events }) => {
    const readable = streamTypes
      .filter(({ category }) => categories.length === 0 || categories.includes(category))
      .flatMap((type) => Object.keys(type.events));
    expect(readable).toEqual(expect.arrayContaining([...events]));
  },
);
