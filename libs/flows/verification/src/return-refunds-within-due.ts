import { type Recorded } from '#event-store';
import { type ReturnEvent } from '#returns';
import { Checker, getOrCreate } from './checker.js';
import { invariants } from './invariants.js';

/** Minor units. */
interface RefundTotals {
  due: number;
  refunded: number;
}

type ReturnAssessed = Extract<ReturnEvent, { type: 'ReturnAssessed' }>['data'];

export class ReturnRefundsWithinDue extends Checker {
  override readonly invariant = invariants.returnRefundsWithinDue;
  private readonly returns = new Map<string, RefundTotals>();

  override check(recorded: Recorded): void {
    const { type, data } = recorded.event as ReturnEvent;
    if (type !== 'ReturnAssessed' && type !== 'ReturnRefunded') return;
    this.checked++;
    const totals = getOrCreate(this.returns, recorded.stream, () => ({ due: 0, refunded: 0 }));
    if (type === 'ReturnAssessed') {
      this.checkAssessment(recorded, data);
      totals.due += data.amount;
      return;
    }
    totals.refunded += data.amount;
    const { due, refunded } = totals;
    if (refunded > due) this.report(recorded, `${refunded} minor units were refunded, but only ${due} were due`);
  }

  private checkAssessment(recorded: Recorded, { worth, unpaid = 0, fees, amount, way }: ReturnAssessed) {
    const due = way === 'none' ? 0 : worth - unpaid - fees;
    if (amount === due) return;
    this.report(
      recorded,
      `${amount} minor units became due, but the goods were worth ${worth} minus ${unpaid} unpaid and ${fees} fees`,
    );
  }
}
