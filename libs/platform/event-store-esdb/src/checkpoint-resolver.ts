import { asPosition, type Position } from '#event-store';

/** At most one checkpoint is resolved per interval; a reader without events stores its position as often. */
const RESOLVE_AFTER_MS = 1_000;

/**
 * Turns the server's checkpoints into positions of events, so that a reader moves past events that its filter leaves out. A
 * checkpoint itself is no position to start from: its number may be that of an event that is not written yet, or of no event
 * (KurrentDB issue 4970), and "before everything" comes as 2^64 - 1. The newest event before it is one.
 */
export class CheckpointResolver {
  private checkpoint: Position | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    /** Finds the newest event before a position. */
    private readonly eventBefore: (position: Position) => Promise<Position>,
    /** Is called with the position of an event up to which everything was delivered. */
    private readonly onResolved: (position: Position) => void,
  ) {}

  /** Call it when the server has sent all matching events up to the checkpoint. */
  onCheckpoint(checkpoint: number): void {
    if (!Number.isSafeInteger(checkpoint) || checkpoint <= 0) return;
    this.checkpoint = asPosition(checkpoint);
    this.resolveSoon();
  }

  private resolveSoon() {
    if (this.checkpoint === undefined) return;
    this.timer ??= setTimeout(() => void this.resolve(), RESOLVE_AFTER_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.checkpoint = undefined;
  }

  private async resolve() {
    const checkpoint = this.take();
    try {
      if (checkpoint !== undefined) this.onResolved(await this.eventBefore(checkpoint));
    } catch {
      // the next checkpoint may name an event
    }
    this.timer = undefined;
    this.resolveSoon();
  }

  private take() {
    const { checkpoint } = this;
    this.checkpoint = undefined;
    return checkpoint;
  }
}
