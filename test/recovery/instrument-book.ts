/** Gift cards and vouchers as the log tells them, folded by nobody's code but this, and what is wrong with them. */
import { type Logged } from '../support/read-log.js';
import { nothing, type Totals } from './payment-book.js';

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

/** What an event does to the money of a card that nobody holds. */
const BALANCE: Readonly<Record<string, (data: InstrumentData) => number>> = {
  GiftCardIssued: ({ amount = 0 }) => amount,
  StoreCreditIssued: ({ amount = 0 }) => amount,
  BalanceAdjusted: ({ delta = 0 }) => delta,
  GiftCardExpired: ({ forfeited = 0 }) => -forfeited,
  BalanceHeld: ({ amount = 0 }) => -amount,
  HoldReleased: ({ amount = 0 }) => amount,
  BalanceCredited: ({ amount = 0 }) => amount,
};
const USES: Readonly<Record<string, (data: InstrumentData) => number>> = {
  VoucherIssued: ({ uses = 0 }) => uses,
  VoucherHeld: () => -1,
  VoucherReleased: ({ givenBack }) => (givenBack ? 1 : 0),
  VoucherRefunded: ({ givenBack }) => (givenBack ? 1 : 0),
};

export class InstrumentBook {
  readonly faults: string[] = [];
  /** Payment → what was held, redeemed, released and credited for it. */
  readonly holds = new Map<string, Totals>();
  /** Card → money, or voucher → uses that are free. */
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
    const hold = this.holds.get(holdId) ?? nothing();
    hold[operation] += amount;
    this.holds.set(holdId, hold);
  }
}
