import { type Recorded } from '#event-store';
import { onHandChange, type StockEvent } from '#stock';
import { Checker, getOrCreate } from './checker.js';
import { invariants } from './invariants.js';

/** The stock stream itself remembers this number of movements and refuses counts that would need more. */
const MAX_MOVEMENTS = 2_000;

interface CountedItem {
  onHand: number;
  /** Movements after the last count's time: business time and signed units. */
  movements: { readonly at: string; readonly change: number }[];
  /** Business time of the last count, ISO 8601; empty before the first. */
  asOf: string;
  /** The command whose events are being read, and its first event. */
  commandId: string;
  firstEvent: Recorded;
  /** Units that this command's events must still correct because of a count. */
  correctionDue: number;
}

/**
 * A count corrects by counted − (on hand − Σ movements after its time). A movement that is recorded later but happened before
 * that time was counted already, so the command that records it also records its correction.
 */
export class CountsKeepMovements extends Checker {
  override readonly invariant = invariants.countsKeepMovements;
  private readonly items = new Map<string, CountedItem>();

  override check(recorded: Recorded): void {
    const { commandId } = recorded.envelope;
    const item = getOrCreate(this.items, recorded.stream, () => newItem(recorded));
    if (item.commandId !== commandId) {
      this.checkCorrected(item);
      item.commandId = commandId;
      item.firstEvent = recorded;
    }
    this.apply(item, recorded.event as StockEvent, recorded.envelope.occurredAt);
  }

  private apply(item: CountedItem, event: StockEvent, at: string) {
    const change = onHandChange(event);
    if (event.type === 'StockCounted') {
      this.checked++;
      const { counted, asOf } = event.data;
      const later = item.movements.filter((movement) => movement.at > asOf);
      item.correctionDue += counted - (item.onHand - later.reduce((sum, movement) => sum + movement.change, 0));
      item.movements = later;
      item.asOf = asOf;
    } else if (event.type === 'StockAdjusted' && event.data.reason === 'count') {
      item.correctionDue -= change;
    } else if (change !== 0) {
      if (at < item.asOf) item.correctionDue -= change;
      else addMovement(item, { at, change });
    }
    item.onHand += change;
  }

  private checkCorrected(item: CountedItem) {
    if (item.correctionDue !== 0) {
      this.report(item.firstEvent, `The correction by the count is wrong by ${item.correctionDue} units`);
    }
    item.correctionDue = 0;
  }

  override finish(): void {
    for (const item of this.items.values()) this.checkCorrected(item);
  }
}

const addMovement = ({ movements }: CountedItem, movement: CountedItem['movements'][number]) => {
  movements.push(movement);
  if (movements.length > 2 * MAX_MOVEMENTS) movements.splice(0, MAX_MOVEMENTS);
};

const newItem = (recorded: Recorded): CountedItem => ({
  onHand: 0,
  movements: [],
  asOf: '',
  commandId: recorded.envelope.commandId,
  firstEvent: recorded,
  correctionDue: 0,
});
