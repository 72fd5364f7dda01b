import { categoryOf, type Recorded } from '#event-store';
import { type GiftCardEvent, type VoucherEvent } from '#vouchers';
import { Checker, getOrCreate } from './checker.js';
import { invariants } from './invariants.js';

/** Amounts of one hold, in minor units. */
interface HoldAmounts {
  /** Held, and neither redeemed nor released. */
  readonly held: number;
  /** Redeemed, and not refunded. */
  readonly redeemed: number;
}

interface InstrumentTotals {
  /** Balance of a gift card or store credit, in minor units. */
  balance: number;
  /** Held by all holds together, in minor units. */
  held: number;
  /** Maximum number of uses of a voucher. */
  usesAllowed: number;
  /** Number of holds that use a voucher now. */
  usesTaken: number;
  /** Maximum amount of one use of a voucher, in minor units. */
  voucherAmount: number;
  readonly holds: Map<string, HoldAmounts>;
}

type HoldEvent = Extract<GiftCardEvent | VoucherEvent, { data: { holdId: string } }>;

const isHoldEvent = (event: GiftCardEvent | VoucherEvent): event is HoldEvent => 'holdId' in event.data;

const newInstrument = (): InstrumentTotals => ({
  balance: 0,
  held: 0,
  usesAllowed: 0,
  usesTaken: 0,
  voucherAmount: 0,
  holds: new Map(),
});

export class NoOverspentInstruments extends Checker {
  override readonly invariant = invariants.noOverspentInstruments;
  private readonly instruments = new Map<string, InstrumentTotals>();

  override check(recorded: Recorded): void {
    const event = recorded.event as GiftCardEvent | VoucherEvent;
    this.checked++;
    const instrument = getOrCreate(this.instruments, recorded.stream, newInstrument);
    instrument.balance += balanceChange(event);
    if (event.type === 'VoucherIssued') {
      instrument.usesAllowed = event.data.uses;
      instrument.voucherAmount = event.data.amount;
    }
    if (isHoldEvent(event)) this.checkHold(recorded, instrument, event);
    this.checkTotals(recorded, instrument);
  }

  private checkHold(recorded: Recorded, instrument: InstrumentTotals, event: HoldEvent) {
    const { holdId } = event.data;
    const before = instrument.holds.get(holdId);
    const after = isStart(event)
      ? this.startHold(recorded, instrument, event)
      : this.changeHold(recorded, before, event);
    if (!after) return;
    instrument.holds.set(holdId, after);
    instrument.held += after.held - (before?.held ?? 0);
    instrument.usesTaken += Number(isInUse(after)) - Number(before !== undefined && isInUse(before));
  }

  private startHold(
    recorded: Recorded,
    { holds, voucherAmount }: InstrumentTotals,
    { type, data }: HoldEvent,
  ): HoldAmounts {
    const { holdId, amount } = data;
    if (holds.has(holdId)) this.report(recorded, `Hold ${holdId} starts a second time`);
    if (type === 'VoucherHeld' && amount > voucherAmount) {
      this.report(recorded, `Hold ${holdId} takes ${amount}, but the voucher pays at most ${voucherAmount}`);
    }
    return { held: amount, redeemed: 0 };
  }

  private changeHold(
    recorded: Recorded,
    hold: HoldAmounts | undefined,
    { type, data }: HoldEvent,
  ): HoldAmounts | undefined {
    const effect = HOLD_EFFECTS[type];
    if (!effect) return undefined;
    const { amount, holdId } = data;
    if (!hold) {
      this.report(recorded, `Hold ${holdId} was never made, but there is a ${type}`);
      return undefined;
    }
    const available = hold[effect.from];
    if (amount > available) this.report(recorded, `${type} takes ${amount} of the ${available} of hold ${holdId}`);
    const redeemed = effect.redeems ? hold.redeemed + amount : hold.redeemed;
    return { ...hold, redeemed, [effect.from]: available - amount };
  }

  private checkTotals(recorded: Recorded, { balance, held, usesAllowed, usesTaken }: InstrumentTotals) {
    if (categoryOf(recorded.stream) === 'giftcard') {
      if (held > balance) this.report(recorded, `${held} are held, but the balance is ${balance}`);
    } else if (usesTaken > usesAllowed) {
      this.report(recorded, `The voucher is used ${usesTaken} times, but only ${usesAllowed} are allowed`);
    }
  }
}

/** From which amount of a hold the events after its start take, and whether they redeem it. */
const HOLD_EFFECTS: Readonly<Record<string, { readonly from: keyof HoldAmounts; readonly redeems?: true }>> = {
  HoldRedeemed: { from: 'held', redeems: true },
  VoucherRedeemed: { from: 'held', redeems: true },
  HoldReleased: { from: 'held' },
  VoucherReleased: { from: 'held' },
  BalanceCredited: { from: 'redeemed' },
  VoucherRefunded: { from: 'redeemed' },
};

const isStart = ({ type }: HoldEvent) => type === 'BalanceHeld' || type === 'VoucherHeld';

const isInUse = ({ held, redeemed }: HoldAmounts) => held > 0 || redeemed > 0;

const balanceChange = ({ type, data }: GiftCardEvent | VoucherEvent): number => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the other events leave the balance alone
  switch (type) {
    case 'GiftCardIssued':
    case 'StoreCreditIssued':
    case 'BalanceCredited':
      return data.amount;
    case 'BalanceAdjusted':
      return data.delta;
    case 'HoldRedeemed':
      return 0 - data.amount;
    case 'GiftCardExpired':
      return 0 - data.forfeited;
    default:
      return 0;
  }
};
