import { type EventStore } from './port.js';
import { type Position, START } from './position.js';

/** The newest position of the log that this process has heard of: it only grows. */
export class Horizon {
  private position = START;
  private doubts = 0;
  /** Nothing that this process has stored is beyond the position. */
  private certain = false;

  constructor(private readonly store: EventStore) {}

  /** Whatever is appended from now on has a greater position. @throws Error when the store does not answer */
  async newest(): Promise<Position> {
    if (!this.certain) {
      const { doubts } = this;
      this.saw(await this.store.head());
      this.certain = doubts === this.doubts;
    }
    return this.position;
  }

  saw(position: Position): void {
    if (position > this.position) this.position = position;
  }

  /** Something may have been stored unheard: asks the store again. */
  doubt(): void {
    this.doubts++;
    this.certain = false;
  }
}
