import { eventsOf } from '#registry';
import { categoryOf, type Recorded } from '#event-store';
import { type EventDefinition } from '#kernel';
import { BackordersInOrder } from './backorders-in-order.js';
import { type Checker, type DiscrepancyGroup } from './checker.js';
import { whatToDoAbout } from './discrepancies.js';
import { CommandsActOnce } from './commands-act-once.js';
import { CountsKeepMovements } from './counts-keep-movements.js';
import { EnvelopesComplete } from './envelopes-complete.js';
import { KeysStored } from './keys-stored.js';
import { NoOverspentInstruments } from './no-overspent-instruments.js';
import { OrderLinesAddUp } from './order-lines-add-up.js';
import { OrderTotalsAddUp } from './order-totals-add-up.js';
import { NoOrphanedAuthorizations } from './no-orphaned-authorizations.js';
import { NoOrphanedReservations } from './no-orphaned-reservations.js';
import { PaymentsAddUp } from './payments-add-up.js';
import { PersonalDataSealed } from './personal-data-sealed.js';
import { ReadModelsMatch } from './read-models-match.js';
import { RefundsWithinOrder } from './refunds-within-order.js';
import { ReservationsEndOnce } from './reservations-end-once.js';
import { ReservationsWithinStock } from './reservations-within-stock.js';
import { ReturnRefundsWithinDue } from './return-refunds-within-due.js';
import { ReturnsWithinSales } from './returns-within-sales.js';
import { StockAddsUp } from './stock-adds-up.js';
import { StreamsAreReadable } from './streams-are-readable.js';
import { TransfersAddUp } from './transfers-add-up.js';
import { FulfillmentAddsUp } from './fulfillment-adds-up.js';

/** Checks all invariants in one pass over the log. */
export class InvariantChecks {
  readonly streamsAreReadable = new StreamsAreReadable(eventsOf);
  readonly stockAddsUp = new StockAddsUp();
  readonly orderLinesAddUp = new OrderLinesAddUp();
  readonly readModelsMatch = new ReadModelsMatch();
  readonly keysStored: KeysStored;
  readonly checkers: readonly Checker[];

  constructor(definitions: Readonly<Record<string, EventDefinition>>) {
    this.keysStored = new KeysStored(definitions);
    this.checkers = [
      this.streamsAreReadable,
      new ReservationsWithinStock(),
      new BackordersInOrder(),
      new ReservationsEndOnce(),
      new CommandsActOnce(),
      this.stockAddsUp,
      new TransfersAddUp(),
      new OrderTotalsAddUp(),
      new PaymentsAddUp(),
      this.orderLinesAddUp,
      new FulfillmentAddsUp(),
      new ReturnsWithinSales(),
      new ReturnRefundsWithinDue(),
      new RefundsWithinOrder(),
      new NoOverspentInstruments(),
      new EnvelopesComplete(),
      this.readModelsMatch,
      new CountsKeepMovements(),
      new PersonalDataSealed(definitions),
      this.keysStored,
      new NoOrphanedReservations(),
      new NoOrphanedAuthorizations(),
    ];
  }

  /** Checks the next event of the log. Once an event of a stream cannot be read, later events of the stream are left out. */
  check(recorded: Recorded): void {
    const current = this.streamsAreReadable.read(recorded);
    if (!current) return;
    const category = categoryOf(recorded.stream);
    try {
      for (const checker of this.checkers) {
        const { categories } = checker.invariant;
        if (categories.length === 0 || categories.includes(category))
          checker.check(current, Number(recorded.envelope.schema));
      }
    } catch (error) {
      this.streamsAreReadable.markUnreadable(recorded, error);
    }
  }

  /** By name, in the order of the invariants that find them. */
  discrepancies(): DiscrepancyGroup[] {
    return this.checkers.flatMap(({ discrepancies, discrepancyCounts }) =>
      [...discrepancyCounts].map(([name, count]) => ({
        name,
        whatToDo: whatToDoAbout(name),
        count,
        cases: discrepancies
          .filter((one) => one.name === name)
          .map(({ stream, revision, position, sentence }) => ({ stream, revision, position, sentence })),
      })),
    );
  }

  /** Reports what can be decided only after the last event. `now` is in milliseconds since 1970. */
  finish(now: number): void {
    for (const checker of this.checkers) checker.finish?.(now);
  }
}
