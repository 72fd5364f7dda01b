import { type KnownEvents, readStream, type Recorded, type StreamReader } from '#event-store';
import { type HeldEvent } from './process-store.js';

/**
 * Events that were held back, read again by their places in their streams, in the order of the log.
 * @throws StreamNotReadable, OutcomeUnknown
 */
export const readHeld = async (
  store: StreamReader,
  wanted: readonly HeldEvent[],
  eventsOf: (stream: string) => KnownEvents,
): Promise<readonly Recorded[]> => {
  const found: Recorded[] = [];
  for (const [stream, held] of Map.groupBy(wanted, (one) => one.stream)) {
    const revisions = new Set(held.map(({ revision }) => revision));
    const last = Math.max(...revisions);
    for await (const recorded of readStream(store, stream, eventsOf(stream), Math.min(...revisions))) {
      if (revisions.has(recorded.revision)) found.push(recorded);
      if (recorded.revision === last) break;
    }
  }
  return found.toSorted((a, b) => (a.position < b.position ? -1 : 1));
};

/** Tasks of which the last one that ends is to be told of. */
interface Tasks {
  readonly begin: () => () => void;
  readonly end: () => void;
}

export const tasksOf = (begin: () => () => void, onAllDone: () => void): Tasks => {
  let open = 1;
  const end = () => {
    if (--open === 0) onAllDone();
  };
  return {
    begin: () => {
      open++;
      const done = begin();
      return () => {
        done();
        end();
      };
    },
    end,
  };
};
