import { type Recorded } from '#event-store';
import { movementOf, type StockEvent } from '#stock';
import { Checker, grown } from './checker.js';

/** The stock itself remembers no more, and refuses counts that would need more. */
const MOST_MOVEMENTS = 2_000;

interface Item {
  onHand: number;
  /** Real movements after the last count's instant: business time and signed units. */
  movements: { readonly at: string; readonly change: number }[];
  asOf: string;
  /** The command that is going by, where it began, and the correction that a count still demands of it. */
  commandId: string;
  began: Recorded;
  owed: number;
}

/**
 * A count corrects by counted − (on hand − Σ movements after its instant). A fact that is recorded later, but happened
 * before that instant, has been counted already: it is corrected away at once.
 */
export class CountsKeepMovements extends Checker {
  override readonly invariant = 'I14';
  override readonly title = 'a count erases no movement after its instant, and counts none twice';
  override readonly categories = ['stock'];
  private readonly items = new Map<string, Item>();

  override see(recorded: Recorded): void {
    const { commandId } = recorded.envelope;
    const item = grown(this.items, recorded.stream, () => beginning(recorded));
    if (item.commandId !== commandId) {
      this.settle(item);
      item.commandId = commandId;
      item.began = recorded;
    }
    this.apply(item, recorded.event as StockEvent, recorded.envelope.occurredAt);
  }

  private apply(item: Item, event: StockEvent, at: string) {
    const change = movementOf(event);
    if (event.type === 'StockCounted') {
      this.checked++;
      const { counted, asOf } = event.data;
      const later = item.movements.filter((movement) => movement.at > asOf);
      item.owed += counted - (item.onHand - later.reduce((sum, movement) => sum + movement.change, 0));
      item.movements = later;
      item.asOf = asOf;
    } else if (event.type === 'StockAdjusted' && event.data.reason === 'count') {
      item.owed -= change;
    } else if (change !== 0) {
      if (at < item.asOf) item.owed -= change;
      else keep(item, { at, change });
    }
    item.onHand += change;
  }

  private settle(item: Item) {
    if (item.owed !== 0) this.fail(item.began, `The correction by the count is wrong by ${item.owed} units`);
    item.owed = 0;
  }

  override end(): void {
    for (const item of this.items.values()) this.settle(item);
  }
}

const keep = ({ movements }: Item, movement: Item['movements'][number]) => {
  movements.push(movement);
  if (movements.length > 2 * MOST_MOVEMENTS) movements.splice(0, MOST_MOVEMENTS);
};

const beginning = (recorded: Recorded): Item => ({
  onHand: 0,
  movements: [],
  asOf: '',
  commandId: recorded.envelope.commandId,
  began: recorded,
  owed: 0,
});
