import { describe, expect, it } from '@jest/globals';
import {
  asPosition,
  NO_STREAM,
  type EventStore,
  type NewEvent,
  type Position,
  type Recorded,
  START,
} from '#event-store';
import { type Message } from '#kernel';
import { newEvents } from './samples.js';

const happened = (what: number): Message => ({ type: 'Happened', data: { what } });
const some = (count: number): NewEvent[] => newEvents(Array.from({ length: count }, (_, index) => happened(index)));
const whats = (recorded: readonly Recorded[]) => recorded.map(({ event }) => (event.data as { what: number }).what);

/** What an event store says of the log as a whole, and of some categories of streams in it. */
export const categoriesContract = (store: () => EventStore) => {
  describe('the head of some categories', () => {
    it('is the position of their newest event, whatever came later', async () => {
      const stored = await store().append('stock-1', NO_STREAM, some(2));
      await store().append('stockpile-1', NO_STREAM, some(50));
      expect(await store().head(['order', 'stock'])).toBe('position' in stored && stored.position);
      await store().append('other-1', NO_STREAM, some(50));
      expect(await store().head(['order', 'stock'])).toBe('position' in stored && stored.position);
      const newer = await store().append('order-1', NO_STREAM, some(1));
      expect(await store().head(['order', 'stock'])).toBe('position' in newer && newer.position);
    });

    it('is the start where there is none', async () => {
      await store().append('stock-1', NO_STREAM, some(2));
      expect(await store().head(['order'])).toBe(START);
      expect(await store().head([])).toBe(START);
    });
  });

  describe('reading some categories once', () => {
    it('gives what is there after a position, and ends', async () => {
      await store().append('stock-1', NO_STREAM, newEvents([happened(0), happened(1)]));
      await store().append('stockpile-1', NO_STREAM, some(70));
      await store().append('order-1', NO_STREAM, newEvents([happened(2)]));
      const read = async (after: Position) => {
        const all: Recorded[] = [];
        for await (const recorded of store().readAll(after, ['stock', 'order'])) all.push(recorded);
        return all;
      };
      const all = await read(START);
      expect(whats(all)).toEqual([0, 1, 2]);
      expect(whats(await read(all[0]?.position ?? START))).toEqual([1, 2]);
      expect(await read(all[2]?.position ?? START)).toEqual([]);
    });

    it('gives nothing where no category is asked for', async () => {
      await store().append('stock-1', NO_STREAM, some(2));
      for await (const recorded of store().readAll(START, [])) throw new Error(`${recorded.stream} was not asked for`);
    });
  });

  describe('a position', () => {
    it('is in the log when an event stands there, and only then', async () => {
      await store().append('thing-1', NO_STREAM, some(3));
      for await (const { position } of store().read('thing-1')) expect(await store().contains(position)).toBe(true);
      const beyond = asPosition(2 ** 52);
      expect([await store().contains(START), await store().contains(beyond)]).toEqual([true, false]);
    });

    it('follows the newest event before it', async () => {
      await store().append('thing-1', NO_STREAM, some(3));
      const positions: Position[] = [];
      for await (const { position } of store().read('thing-1')) positions.push(position);
      const before = await Promise.all(positions.slice(1).map((position) => store().newestBefore(position)));
      expect(before).toEqual(positions.slice(0, -1));
    });
  });
};
