import { type Position } from './position.js';
import { type Batch } from './port.js';

/** Someone who reads the log and remembers how far: a projection, a process, a relay. */
export interface Consumer {
  /** Stable: names its checkpoint and its metrics. */
  readonly name: string;
  readonly categories: readonly string[];
  /**
   * The position to go on after. Asked at every start and after every failure.
   *
   * @param startOver tells that what was handled may be lost, also while there is nothing to handle
   */
  resume(startOver: (reason: Error) => void): Promise<Position>;
  /** Handles a batch and keeps its position, in one transaction; throws to have it delivered again after a pause. */
  handle(batch: Batch): Promise<void>;
  /** There is nothing new, says the store every few seconds. Throws to start over. */
  onHeartbeat?(): Promise<void>;
}
