/** Gift cards and vouchers, folded from the log independently of the product's code, with their faults. */
import { type Logged } from '../support/read-log.js';
import { noTotals, type Totals } from './payment-model.js';

interface InstrumentData {
  readonly amount?: number;
  readonly delta?: number;
  readonly forfeited?: number;
  readonly uses?: number;
  readonly holdId?: string;
  readonly givenBack?: boolean;
}

const HOLDS: Readonly<Record<string, keyof Totals>> = {
  BalanceHeld: 'authorize',
  HoldRedeemed: 'capture',
  HoldReleased: 'void',
  BalanceCredited: 'refund',
  VoucherHeld: 'authorize',
  VoucherRedeemed: 'capture',
  VoucherReleased: 'void',
  VoucherRefunded: 'refund',
};

/** Change of the available balance of a gift card, in minor units. */
const BALANCE: Readonly<Record<string, (data: InstrumentData) => number>> = {
  GiftCardIssued: ({ amount = 0 }) => amount,
  StoreCreditIssued: ({ amount = 0 }) => amount,
  BalanceAdjusted: ({ delta = 0 }) => delta,
  GiftCardExpired: ({ forfeited = 0 }) => -forfeited,
  BalanceHeld: ({ amount = 0 }) => -amount,
  HoldReleased: ({ amount = 0 }) => amount,
  BalanceCredited: ({ amount = 0 }) => amount,
};
/** Change of the available uses of a voucher. */
const USES: Readonly<Record<string, (data: InstrumentData) => number>> = {
  VoucherIssued: ({ uses = 0 }) => uses,
  VoucherHeld: () => -1,
  VoucherReleased: ({ givenBack }) => (givenBack ? 1 : 0),
  VoucherRefunded: ({ givenBack }) => (givenBack ? 1 : 0),
};

export class InstrumentModel {
  readonly faults: string[] = [];
  /** Payment → amounts held, redeemed, released and credited. */
  readonly holds = new Map<string, Totals>();
  /** Gift card → available balance, or voucher → available uses. */
  readonly free = new Map<string, number>();

  constructor(log: readonly Logged[]) {
    for (const logged of log) {
      const { stream } = logged;
      if (stream.startsWith('giftcard-')) this.fold(logged, BALANCE);
      else if (stream.startsWith('voucher-')) this.fold(logged, USES);
    }
  }

  private fold(logged: Logged, effects: typeof BALANCE) {
    const { stream, revision, type } = logged;
    const data = logged.data as InstrumentData;
    const effect = effects[type]?.(data) ?? 0;
    const free = (this.free.get(stream) ?? 0) + effect;
    this.free.set(stream, free);
    if (free < 0) this.faults.push(`${stream}@${revision} ${type}: ${free} left`);
    const operation = HOLDS[type];
    if (operation) this.hold(operation, data);
  }

  private hold(operation: keyof Totals, { holdId = '', amount = 0 }: InstrumentData) {
    const hold = this.holds.get(holdId) ?? noTotals();
    hold[operation] += amount;
    this.holds.set(holdId, hold);
  }
}
