import { categoryOf, type Recorded } from '#event-store';
import { type EventDefinition, UnknownEvent, upcast } from '#kernel';
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
import { TransfersArrive } from './transfers-arrive.js';
import { WorkAddsUp } from './work-adds-up.js';

/** All invariants, fed with one log. */
export class Books {
  readonly stock = new StockAddsUp();
  readonly lines = new LinesAddUp();
  readonly readModels = new ReadModelsMatch();
  readonly checkers: readonly Checker[];

  constructor(private readonly definitions: Readonly<Record<string, EventDefinition>>) {
    this.checkers = [
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
      new EnvelopesComplete(definitions),
      this.readModels,
      new CountsKeepMovements(),
      new PersonalDataSealed(definitions),
      new NothingLeftBehind(),
      new NoMoneyLeftBehind(),
    ];
  }

  see(recorded: Recorded): void {
    const current = this.current(recorded);
    const category = categoryOf(recorded.stream);
    for (const checker of this.checkers) {
      if (checker.categories.length === 0) checker.see(current ?? recorded);
      else if (current && checker.categories.includes(category)) checker.see(current);
    }
  }

  end(now: number): void {
    for (const checker of this.checkers) checker.end?.(now);
  }

  private current(recorded: Recorded): Recorded | undefined {
    try {
      return { ...recorded, event: upcast(this.definitions, recorded.event, Number(recorded.envelope.schema)) };
    } catch (error) {
      if (error instanceof UnknownEvent) return undefined;
      throw error;
    }
  }
}
