import { type EventStore } from './port.js';
import { type Position, START } from './position.js';

/**
 * The newest known position of the log. New appends get greater positions, so an append that is answered with a position at or
 * below it is a repeat that was stored before.
 */
export class KnownLogHead {
  private position = START;
  private unknownAppends = 0;
  /** Whether no event of this process can be beyond the position. */
  private isReliable = false;

  constructor(private readonly store: EventStore) {}

  /** @throws Error when the store does not answer */
  async current(): Promise<Position> {
    if (!this.isReliable) {
      const { unknownAppends } = this;
      this.moveTo(await this.store.head());
      this.isReliable = unknownAppends === this.unknownAppends;
    }
    return this.position;
  }

  /** Call it when an event was read or stored at the position. */
  moveTo(position: Position): void {
    if (position > this.position) this.position = position;
  }

  /** Call it after an append without an answer: its events may be stored, so the head is read again before the next use. */
  invalidate(): void {
    this.unknownAppends++;
    this.isReliable = false;
  }
}
