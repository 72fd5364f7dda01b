import { type KnownEvents, readStream, type Recorded, type StreamReader } from '#event-store';
import { type HeldEvent } from './process-store.js';

/**
 * Reads events that were held back by their places in their streams.
 * @returns them in the order of the log
 * @throws StreamNotReadable, OutcomeUnknown
 */
export const readHeld = async (
  store: StreamReader,
  heldEvents: readonly HeldEvent[],
  eventsOf: (stream: string) => KnownEvents,
): Promise<readonly Recorded[]> => {
  const found: Recorded[] = [];
  for (const [stream, held] of Map.groupBy(heldEvents, (one) => one.stream)) {
    const revisions = new Set(held.map(({ revision }) => revision));
    const last = Math.max(...revisions);
    for await (const recorded of readStream(store, stream, eventsOf(stream), Math.min(...revisions))) {
      if (revisions.has(recorded.revision)) found.push(recorded);
      if (recorded.revision === last) break;
    }
  }
  return found.toSorted((a, b) => (a.position < b.position ? -1 : 1));
};
