import { asPosition, type Position } from '#event-store';

/** Checkpoints are looked at this often: an idle reader's place is saved as often. */
const LOOK_MS = 1_000;

/**
 * Moves a reader past what is not for it. A checkpoint of the server is no place to go on from: its number may be that of
 * an event that is not written yet, or of none at all (KurrentDB issue 4970), and one of "before everything" comes as
 * 2^64 - 1. So it is only taken as a hint to look which event is the newest one before it.
 */
export class PassedOver {
  private hint: Position | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    /** Position of the newest event before a position. */
    private readonly eventBefore: (position: Position) => Promise<Position>,
    /** Hears of an event up to which everything was delivered. */
    private readonly onMoved: (position: Position) => void,
  ) {}

  /** The server has sent all that was asked for up to there. */
  hear(checkpoint: number): void {
    if (!Number.isSafeInteger(checkpoint) || checkpoint <= 0) return;
    this.hint = asPosition(checkpoint);
    this.lookSoon();
  }

  private lookSoon() {
    if (this.hint === undefined) return;
    this.timer ??= setTimeout(() => void this.look(), LOOK_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.hint = undefined;
  }

  private async look() {
    const hint = this.take();
    try {
      if (hint !== undefined) this.onMoved(await this.eventBefore(hint));
    } catch {
      // the next checkpoint may name an event
    }
    this.timer = undefined;
    this.lookSoon();
  }

  private take() {
    const { hint } = this;
    this.hint = undefined;
    return hint;
  }
}
