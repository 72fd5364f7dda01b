import { categoryOf, type Recorded } from '#event-store';
import { type GiftCardEvent, type VoucherEvent } from '#vouchers';
import { Checker, grown } from './checker.js';

interface Hold {
  readonly left: number;
  /** Redeemed and not refunded. */
  readonly spent: number;
}

interface Instrument {
  /** Of a gift card. */
  balance: number;
  held: number;
  /** Of a voucher. */
  uses: number;
  worth: number;
  taken: number;
  readonly holds: Map<string, Hold>;
}

type HoldEvent = Extract<GiftCardEvent | VoucherEvent, { data: { holdId: string } }>;

const isOfHold = (event: GiftCardEvent | VoucherEvent): event is HoldEvent => 'holdId' in event.data;

export class InstrumentsCovered extends Checker {
  override readonly invariant = 'I8';
  override readonly title =
    'no gift card owes more than it has, no voucher is used more often than it may be, and each hold ends once';
  override readonly categories = ['giftcard', 'voucher'];
  private readonly instruments = new Map<string, Instrument>();

  override see(recorded: Recorded): void {
    const event = recorded.event as GiftCardEvent | VoucherEvent;
    this.checked++;
    const nothing = { balance: 0, held: 0, uses: 0, worth: 0, taken: 0, holds: new Map<string, Hold>() };
    const instrument = grown(this.instruments, recorded.stream, () => nothing);
    instrument.balance += balanceChange(event);
    if (event.type === 'VoucherIssued') Object.assign(instrument, { uses: event.data.uses, worth: event.data.amount });
    if (isOfHold(event)) this.seeHold(recorded, instrument, event);
    this.checkWhole(recorded, instrument);
  }

  private seeHold(recorded: Recorded, instrument: Instrument, event: HoldEvent) {
    const { holdId } = event.data;
    const before = instrument.holds.get(holdId) ?? { left: 0, spent: 0 };
    const isKnown = instrument.holds.has(holdId);
    const after = isStart(event)
      ? this.begin(recorded, { isKnown, worth: instrument.worth }, event)
      : this.goOn(recorded, isKnown ? before : undefined, event);
    if (!after) return;
    instrument.holds.set(holdId, after);
    instrument.held += after.left - before.left;
    instrument.taken += Number(isTaken(after)) - Number(isTaken(before));
  }

  private begin(
    recorded: Recorded,
    { isKnown, worth }: { readonly isKnown: boolean; readonly worth: number },
    { type, data }: HoldEvent,
  ): Hold {
    if (isKnown) this.fail(recorded, `Hold ${data.holdId} starts a second time`);
    if (type === 'VoucherHeld' && data.amount > worth) this.fail(recorded, `Hold ${data.holdId} is above its worth`);
    return { left: data.amount, spent: 0 };
  }

  private goOn(recorded: Recorded, hold: Hold | undefined, { type, data }: HoldEvent): Hold | undefined {
    const effect = EFFECTS[type];
    if (!effect) return undefined;
    const { amount, holdId } = data;
    if (!hold) {
      this.fail(recorded, `Hold ${holdId} was never made, but there is a ${type}`);
      return undefined;
    }
    const from = hold[effect.from];
    if (amount > from) this.fail(recorded, `${type} takes ${amount} of the ${from} of hold ${holdId}`);
    return { ...hold, [effect.from]: from - amount, ...(effect.spends && { spent: hold.spent + amount }) };
  }

  private checkWhole(recorded: Recorded, { balance, held, uses, taken }: Instrument) {
    if (categoryOf(recorded.stream) === 'giftcard') {
      if (held > balance) this.fail(recorded, `${held} are held, but the balance is ${balance}`);
    } else if (taken > uses) {
      this.fail(recorded, `${taken} uses are taken of ${uses}`);
    }
  }
}

/** What the later events of a hold take from. */
const EFFECTS: Readonly<Record<string, { readonly from: keyof Hold; readonly spends?: true }>> = {
  HoldRedeemed: { from: 'left', spends: true },
  VoucherRedeemed: { from: 'left', spends: true },
  HoldReleased: { from: 'left' },
  VoucherReleased: { from: 'left' },
  BalanceCredited: { from: 'spent' },
  VoucherRefunded: { from: 'spent' },
};

const isStart = ({ type }: HoldEvent) => type === 'BalanceHeld' || type === 'VoucherHeld';

const isTaken = ({ left, spent }: Hold) => left > 0 || spent > 0;

const balanceChange = ({ type, data }: GiftCardEvent | VoucherEvent): number => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others leave the balance alone
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
