import { eventsOf } from '#registry';
import { categoryOf, type Recorded } from '#event-store';
import { type EventDefinition } from '#kernel';
import { BackordersInOrder } from './backorders-in-order.js';
import { type Checker } from './checker.js';
import { CommandsActOnce } from './commands-act-once.js';
import { CountsKeepMovements } from './counts-keep-movements.js';
import { EnvelopesComplete } from './envelopes-complete.js';
import { InstrumentsCovered } from './instruments-covered.js';
import { LinesAddUp } from './lines-add-up.js';
import { MoneyAddsUp } from './money-adds-up.js';
import { NoMoneyLeftBehind } from './no-money-left-behind.js';
import { NothingLeftBehind } from './nothing-left-behind.js';
import { PaymentsAddUp } from './payments-add-up.js';
import { PersonalDataSealed } from './personal-data-sealed.js';
import { ReadModelsMatch } from './read-models-match.js';
import { ReservationsEndOnce } from './reservations-end-once.js';
import { ReservationsWithinStock } from './reservations-within-stock.js';
import { ReturnsGiveWhatIsDue } from './returns-give-what-is-due.js';
import { ReturnsWithinSales } from './returns-within-sales.js';
import { StockAddsUp } from './stock-adds-up.js';
import { StreamsReadable } from './streams-readable.js';
import { TransfersArrive } from './transfers-arrive.js';
import { WorkAddsUp } from './work-adds-up.js';

/** All invariants, fed with one log. */
export class Books {
  readonly streams = new StreamsReadable(eventsOf);
  readonly stock = new StockAddsUp();
  readonly lines = new LinesAddUp();
  readonly readModels = new ReadModelsMatch();
  readonly checkers: readonly Checker[];

  constructor(definitions: Readonly<Record<string, EventDefinition>>) {
    this.checkers = [
      this.streams,
      new ReservationsWithinStock(),
      new BackordersInOrder(),
      new ReservationsEndOnce(),
      new CommandsActOnce(),
      this.stock,
      new TransfersArrive(),
      new MoneyAddsUp(),
      new PaymentsAddUp(),
      this.lines,
      new WorkAddsUp(),
      new ReturnsWithinSales(),
      new ReturnsGiveWhatIsDue(),
      new InstrumentsCovered(),
      new EnvelopesComplete(),
      this.readModels,
      new CountsKeepMovements(),
      new PersonalDataSealed(definitions),
      new NothingLeftBehind(),
      new NoMoneyLeftBehind(),
    ];
  }

  /** What comes after the first event of a stream that cannot be read is left out. */
  see(recorded: Recorded): void {
    const current = this.streams.read(recorded);
    if (!current) return;
    const category = categoryOf(recorded.stream);
    const checkers = this.checkers.filter(({ categories }) => categories.length === 0 || categories.includes(category));
    try {
      for (const checker of checkers) checker.see(current);
    } catch (error) {
      this.streams.giveUp(recorded, error);
    }
  }

  end(now: number): void {
    for (const checker of this.checkers) checker.end?.(now);
  }
}
