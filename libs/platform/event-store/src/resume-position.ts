import { type EventStore } from './port.js';
import { type Position } from './position.js';

/**
 * The position after which a reader resumes: its checkpoint. If the event there is missing, because it was of another application and
 * the event store has been scavenged, it is the position of the event before.
 * @returns undefined if the log ends before the checkpoint
 */
export const resumePosition = async (
  log: Pick<EventStore, 'contains' | 'head' | 'newestBefore'>,
  checkpoint: Position,
): Promise<Position | undefined> => {
  if (await log.contains(checkpoint)) return checkpoint;
  return checkpoint < (await log.head()) ? log.newestBefore(checkpoint) : undefined;
};
