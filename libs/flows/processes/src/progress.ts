import { type Position } from '#event-store';
/** A batch that is under way. */
class Ticket {
  open = 1;

  constructor(readonly position: Position) {}
}

/**
 * How far everything is done. Batches may end in any order; the position moves over those that have ended without a
 * gap.
 */
export class Progress {
  private readonly tickets: Ticket[] = [];
  private inFlight = 0;
  private waiting: { readonly most: number; readonly resolve: () => void }[] = [];

  constructor(private readonly onMoved: (position: Position) => void) {}

  /** Begins a batch that ends at `position`. Call `done` for each task and, last, `end`. */
  begin(position: Position) {
    const ticket = new Ticket(position);
    this.tickets.push(ticket);
    const close = () => {
      if (--ticket.open === 0) this.move();
    };
    return {
      task: () => {
        ticket.open++;
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
  async downTo(most: number): Promise<void> {
    if (this.inFlight > most) await new Promise<void>((resolve) => this.waiting.push({ most, resolve }));
  }

  private move() {
    let position: Position | undefined;
    while (this.tickets[0]?.open === 0) position = this.tickets.shift()?.position;
    if (position !== undefined) this.onMoved(position);
  }

  private wake() {
    const ready = this.waiting.filter(({ most }) => this.inFlight <= most);
    if (ready.length === 0) return;
    this.waiting = this.waiting.filter((one) => !ready.includes(one));
    for (const { resolve } of ready) resolve();
  }
}
