const PARTS = 20;

/**
 * Calls back when there was no answer for a time in which this process could have read it. A stop of the process, as on a machine that
 * is short of time, counts as one part of the timeout at most, and an answer that has come meanwhile is read first.
 */
export class AnswerTimer {
  private passed = 0;
  private readonly timer: NodeJS.Timeout;
  private over: NodeJS.Immediate | undefined;

  constructor(timeoutMs: number, onOver: () => void) {
    this.timer = setTimeout(() => {
      if (++this.passed < PARTS) this.timer.refresh();
      else this.over = setImmediate(onOver); // the event loop reads its sockets before
    }, timeoutMs / PARTS);
  }

  /** Starts again from zero. */
  refresh(): void {
    clearImmediate(this.over);
    this.passed = 0;
    this.timer.refresh();
  }

  clear(): void {
    clearImmediate(this.over);
    clearTimeout(this.timer);
  }
}
