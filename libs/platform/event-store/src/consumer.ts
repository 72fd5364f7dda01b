import { type Position } from './position.js';
import { type Batch } from './port.js';

/** Reads the log from a checkpoint and handles each event: a projection, a process, a publisher. */
export interface Consumer {
  /** The name of its checkpoint and its metrics; must not change. */
  readonly name: string;
  readonly categories: readonly string[];
  /**
   * Returns the checkpoint. Called at every start and after every failure.
   *
   * @param startOver the consumer calls it when handled events may be lost, even while there are no new ones
   */
  resume(startOver: (reason: Error) => void): Promise<Position>;
  /** Handles a batch and stores its position in one transaction. If it throws, the batch is delivered again after a pause. */
  handle(batch: Batch): Promise<void>;
  /** Called every few seconds while there are no new events. If it throws, the consumer is restarted. */
  onHeartbeat?(): Promise<void>;
}
