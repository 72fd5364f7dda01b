import { type Recorded } from '#event-store';
import { type ReturnEvent } from '#returns';
import { Checker, grown } from './checker.js';

interface Money {
  due: number;
  refunded: number;
}

type Assessed = Extract<ReturnEvent, { type: 'ReturnAssessed' }>['data'];

export class ReturnsGiveWhatIsDue extends Checker {
  override readonly invariant = 'I5';
  override readonly title = 'a return gives back what was paid for its goods less fees, and no more';
  override readonly categories = ['return'];
  private readonly returns = new Map<string, Money>();

  override see(recorded: Recorded): void {
    const { type, data } = recorded.event as ReturnEvent;
    if (type !== 'ReturnAssessed' && type !== 'ReturnRefunded') return;
    this.checked++;
    const money = grown(this.returns, recorded.stream, () => ({ due: 0, refunded: 0 }));
    if (type === 'ReturnAssessed') {
      this.compare(recorded, data);
      money.due += data.amount;
      return;
    }
    money.refunded += data.amount;
    const { due, refunded } = money;
    if (refunded > due) this.fail(recorded, `${refunded} minor units were given back, but ${due} were due`);
  }

  private compare(recorded: Recorded, { worth, unpaid = 0, fees, amount, way }: Assessed) {
    const due = way === 'none' ? 0 : worth - unpaid - fees;
    if (amount === due) return;
    this.fail(recorded, `${amount} minor units became due, but the goods were worth ${worth} less ${unpaid + fees}`);
  }
}
