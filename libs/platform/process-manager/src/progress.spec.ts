import { asPosition, type Position } from '#event-store';
import { expect, it } from '@jest/globals';
import { Progress } from './progress.js';

it('moves over batches that have ended without a gap, in whatever order they end', () => {
  const moves: Position[] = [];
  const progress = new Progress((position) => moves.push(position));
  const [first, second] = [progress.begin(asPosition(10)), progress.begin(asPosition(20))];
  const [slow, quick] = [first.task(), second.task()];
  first.end();
  second.end();
  quick();
  expect(moves).toEqual([]);
  slow();
  expect(moves).toEqual([20]);
});

it('moves over a batch without tasks', () => {
  const moves: Position[] = [];
  new Progress((position) => moves.push(position)).begin(asPosition(10)).end();
  expect(moves).toEqual([10]);
});

it('lets the next batch in when little enough is under way', async () => {
  const progress = new Progress(() => undefined);
  const batch = progress.begin(asPosition(10));
  const tasks = [batch.task(), batch.task()];
  let entered = false;
  const waiting = progress.downTo(1).then(() => (entered = true));
  await Promise.resolve();
  expect(entered).toBe(false);
  tasks[0]?.();
  await waiting;
  expect(entered).toBe(true);
});
