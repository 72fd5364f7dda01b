import { type EventStore } from './port.js';
import { type Position, START } from './position.js';

/**
 * The newest position of the log that this process knows of. Whatever it appends from now on has a greater position; an
 * append that is answered with a position at or below it was stored before, so it is a repeat.
 */
export class KnownLogHead {
  private position = START;
  private unknownAppends = 0;
  /** Nothing that this process has stored is beyond the position. */
  private isReliable = false;

  constructor(private readonly store: EventStore) {}

  /** @throws Error when the store has to be asked and does not answer */
  async current(): Promise<Position> {
    if (!this.isReliable) {
      const { unknownAppends } = this;
      this.moveTo(await this.store.head());
      this.isReliable = unknownAppends === this.unknownAppends;
    }
    return this.position;
  }

  /** An event was seen or stored there. */
  moveTo(position: Position): void {
    if (position > this.position) this.position = position;
  }

  /** An append had no answer, and its events may be stored: the store is asked again before the next use. */
  invalidate(): void {
    this.unknownAppends++;
    this.isReliable = false;
  }
}
