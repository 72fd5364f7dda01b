import { type Position } from './position.js';
import { type Batch } from './port.js';

/** Reads the log from a checkpoint and handles each event: a projection, a process, a publisher. */
export interface Consumer {
  /** Stable: names its checkpoint and its metrics. */
  readonly name: string;
  readonly categories: readonly string[];
  /**
   * The position after which to read on. It is asked at every start and after every failure.
   *
   * @param startOver to be called when what was handled may be lost, also while there is nothing to handle
   */
  resume(startOver: (reason: Error) => void): Promise<Position>;
  /** Handles a batch and stores its position, in one transaction; throws to have it delivered again after a pause. */
  handle(batch: Batch): Promise<void>;
  /** Is called every few seconds while there is nothing new. Throws to start over. */
  onHeartbeat?(): Promise<void>;
}
