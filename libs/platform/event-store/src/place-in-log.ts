import { type EventStore } from './port.js';
import { type Position } from './position.js';

/**
 * The event after which a reader goes on from its checkpoint. That may be an event of another application, which is missing once the
 * event store has been scavenged: then it is the event before it.
 * @returns undefined if the log ends before the checkpoint
 */
export const placeInLog = async (
  log: Pick<EventStore, 'contains' | 'head' | 'newestBefore'>,
  checkpoint: Position,
): Promise<Position | undefined> => {
  if (await log.contains(checkpoint)) return checkpoint;
  return checkpoint < (await log.head()) ? log.newestBefore(checkpoint) : undefined;
};
