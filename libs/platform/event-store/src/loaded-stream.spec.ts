import { expect, it } from '@jest/globals';
import { type Cause, type Decider, type Message } from '#kernel';
import { aCause } from '#testing';
import { LoadedStream } from './loaded-stream.js';
import { type StreamType } from './stream-type.js';

type Count = Message<'Count', { times: number }>;
type Counted = Message<'Counted'>;

const counter: Decider<number, Count, Counted> = {
  initialState: () => 0,
  decide: ({ data: { times } }) => Array.from({ length: times }, () => ({ type: 'Counted', data: {} })),
  evolve: (count) => count + 1,
};
const counting: StreamType<number, Count, Counted> = {
  category: 'count',
  decider: counter,
  events: { Counted: { version: 1 } },
  snapshot: { version: 1, save: (count) => ({ count }), load: (saved) => (saved as { count: number }).count },
};
const remembering = (maxRememberedCommands: number) => ({ ...counting, maxRememberedCommands });

const count = (stream: LoadedStream<number, Count, Counted>, times: number, cause: Cause = aCause()) =>
  stream.foldNew(stream.decide({ type: 'Count', data: { times } }, { ...cause, decidedAt: cause.occurredAt }), cause);

it('remembers the newest commands only, and weighs no more the longer it lives', () => {
  const stream = new LoadedStream(remembering(3));
  const first = aCause();
  count(stream, 2, first);
  expect(stream.findCompleted(first)).toMatchObject({ revision: 0, count: 2 });
  for (let times = 0; times < 3; times++) count(stream, 2);
  expect(stream.findCompleted(first)).toBeUndefined();
  expect(stream.rememberedCommands).toBe(3);
  const { weight } = stream;
  for (let times = 0; times < 100; times++) count(stream, 2);
  expect(stream).toMatchObject({ revision: 207, state: 208, weight });
});

it('forgets what a snapshot remembers too much, the oldest first, and weighs as if it had been folded', () => {
  const folded = new LoadedStream(remembering(10));
  const causes = Array.from({ length: 10 }, () => aCause());
  for (const cause of causes) count(folded, 2, cause);
  const snapshot = folded.toSnapshot();
  if (!snapshot) throw new Error('a snapshot was expected');
  expect(LoadedStream.fromSnapshot(remembering(10), snapshot).weight).toBe(folded.weight);
  const fewer = LoadedStream.fromSnapshot(remembering(4), snapshot);
  expect(causes.map((cause) => fewer.findCompleted(cause) !== undefined).indexOf(true)).toBe(6);
  expect(fewer).toMatchObject({ revision: 19, state: 20, rememberedCommands: 4 });
  expect(fewer.weight).toBeLessThan(folded.weight);
});
