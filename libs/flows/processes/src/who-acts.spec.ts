import { describe, expect, it } from '@jest/globals';
import { readModels, streamTypes } from '#registry';
import { actorsOn, WHY_NOBODY_ACTS } from './who-acts.js';

const events = streamTypes.flatMap(({ category, events: all }) => Object.keys(all).map((type) => ({ category, type })));

describe('somebody acts on each event, or it is said why nobody has to', () => {
  it.each(events)('$type', ({ category, type }) => {
    const actors = actorsOn(category, type);
    const why = WHY_NOBODY_ACTS[type];
    expect({ type, isAnswered: actors.length > 0 || why !== undefined }).toEqual({ type, isAnswered: true });
    if (actors.length > 0) expect({ actors, why }).toEqual({ actors, why: undefined });
  });
});

it('the reasons are about events that exist', () =>
  expect(Object.keys(WHY_NOBODY_ACTS).filter((type) => !events.some((event) => event.type === type))).toEqual([]));

it('every stream has a read model, or a view in memory', () => {
  const shown = new Set(readModels.projections.flatMap(({ categories }) => categories));
  const unseen = events.filter(({ category, type }) => !shown.has(category) && actorsOn(category, type).length === 0);
  expect(unseen).toEqual([]);
});
