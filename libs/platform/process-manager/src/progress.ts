import { type Position } from '#event-store';

/** A batch of events that is under way. */
class Batch {
  pending = 1;

  constructor(readonly position: Position) {}
}

/**
 * The position up to which everything is done. Batches may end in any order; the position moves over those that have ended
 * without a gap.
 */
export class Progress {
  private readonly batches: Batch[] = [];
  private inFlight = 0;
  private waiting: { readonly max: number; readonly resolve: () => void }[] = [];

  constructor(private readonly onMoved: (position: Position) => void) {}

  /** Begins a batch that ends at `position`. Call what `task` returns when the task is done, and `end` after the last task. */
  begin(position: Position) {
    const batch = new Batch(position);
    this.batches.push(batch);
    const close = () => {
      if (--batch.pending === 0) this.move();
    };
    return {
      task: () => {
        batch.pending++;
        this.inFlight++;
        return () => {
          this.inFlight--;
          close();
          this.wake();
        };
      },
      end: close,
    };
  }

  /** Waits until at most so many tasks are under way. */
  async downTo(max: number): Promise<void> {
    if (this.inFlight > max) await new Promise<void>((resolve) => this.waiting.push({ max, resolve }));
  }

  private move() {
    let position: Position | undefined;
    while (this.batches[0]?.pending === 0) position = this.batches.shift()?.position;
    if (position !== undefined) this.onMoved(position);
  }

  private wake() {
    const ready = this.waiting.filter(({ max }) => this.inFlight <= max);
    if (ready.length === 0) return;
    this.waiting = this.waiting.filter((one) => !ready.includes(one));
    for (const { resolve } of ready) resolve();
  }
}

interface TaskGroup {
  readonly begin: () => () => void;
  /** Called after the last task has begun. */
  readonly end: () => void;
}

/**
 * Some of the tasks of a batch.
 * @param begin begins a task of the batch
 * @param onAllDone called once, when all tasks of the group are done
 */
export const taskGroup = (begin: () => () => void, onAllDone: () => void): TaskGroup => {
  let pending = 1;
  const end = () => {
    if (--pending === 0) onAllDone();
  };
  return {
    begin: () => {
      pending++;
      const done = begin();
      return () => {
        done();
        end();
      };
    },
    end,
  };
};
