import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { RecentEventIds } from './recent-event-ids.js';
import { StreamHead } from './stream-heads.js';

function head(id: number): StreamHead {
  return Object.assign(new StreamHead(`s-${id}`), { id });
}

test('an id is known in the stream where it was used last', () => {
  const ids = new RecentEventIds();
  const [one, other] = [head(1), head(2)];
  const id = randomUUID();
  ids.put(id, one, 5);
  expect([ids.revisionIn(one, id), ids.revisionIn(other, id)]).toEqual([5, undefined]);
  ids.put(id, other, 7);
  expect([ids.revisionIn(one, id), ids.revisionIn(other, id)]).toEqual([undefined, 7]);
  ids.clear();
  expect(ids.revisionIn(other, id)).toBeUndefined();
});

test('the oldest ids are forgotten first, the others are found', () => {
  const ids = new RecentEventIds(100);
  const stream = head(1);
  const used = Array.from({ length: 1_000 }, () => randomUUID());
  used.forEach((id, revision) => {
    ids.put(id, stream, revision);
  });
  const known = used.map((id) => ids.revisionIn(stream, id));
  expect(known).toEqual(used.map((_, revision) => (revision < 900 ? undefined : revision)));
});
