import { type Recorded } from '#event-store';
import { type PaymentEvent, type Posting } from '#payments';
import { Checker, grown, type Place } from './checker.js';

type Moved = Extract<PaymentEvent, { data: { postings: readonly Posting[] } }>;

interface Totals {
  authorized: number;
  captured: number;
  voided: number;
  refunded: number;
  /** Operations that are in the log before anybody was asked. */
  readonly asked: Set<string>;
  readonly done: Set<string>;
  /** Nobody is asked for what a till took. */
  outside: boolean;
  /** Too much, until the provider's word for it is flagged. */
  excess: { readonly place: Place; readonly sentence: string } | undefined;
}

const TOTAL = {
  PaymentAuthorized: 'authorized',
  PaymentCaptured: 'captured',
  PaymentVoided: 'voided',
  PaymentRefunded: 'refunded',
} as const satisfies Record<Moved['type'], keyof Totals>;

const none = (): Totals => ({
  ...{ authorized: 0, captured: 0, voided: 0, refunded: 0 },
  ...{ asked: new Set(), done: new Set(), outside: false, excess: undefined },
});

/** What a provider did beyond what it was asked for is a fact: allowed where it is flagged as disputed. */
export class PaymentsAddUp extends Checker {
  override readonly invariant = 'I5';
  override readonly title =
    'postings of payments add up to nothing, each operation is asked for before and done once, and refunded ≤ captured ≤ authorised';
  override readonly categories = ['payment'];
  private readonly payments = new Map<string, Totals>();

  override see(recorded: Recorded): void {
    const event = recorded.event as PaymentEvent;
    const totals = grown(this.payments, recorded.stream, none);
    if (event.type === 'PaymentInitiated') totals.outside = ['cash', 'terminal'].includes(event.data.kind);
    else if (event.type === 'PaymentRequested') totals.asked.add(event.data.operationId);
    else if (event.type === 'PaymentDisputed') this.allow(totals);
    else if ('postings' in event.data) this.move(recorded, event as Moved, totals);
  }

  override end(): void {
    for (const { excess } of this.payments.values()) if (excess) this.fail(excess.place, excess.sentence);
    this.payments.clear();
  }

  private allow(totals: Totals) {
    this.flagged++;
    totals.excess = undefined;
  }

  private move(recorded: Recorded, { type, data }: Moved, totals: Totals) {
    this.checked++;
    for (const wrong of wrongs(type, data, totals)) this.fail(recorded, wrong);
    totals.done.add(data.operationId);
    totals[TOTAL[type]] += data.amount;
    const sentence = tooMuch(totals);
    if (sentence !== undefined) totals.excess = { place: recorded, sentence };
  }
}

const wrongs = (type: Moved['type'], { operationId, amount, postings }: Moved['data'], totals: Totals): string[] => {
  const sum = postings.reduce((all, posting) => all + posting.amount, 0);
  const known = totals.outside || amount === 0 || totals.asked.has(operationId);
  return [
    ...(sum === 0 ? [] : [`The postings of ${operationId} add up to ${sum}`]),
    ...(known ? [] : [`Operation ${operationId} is done, but nobody had asked for it`]),
    ...(totals.done.has(operationId) ? [`Operation ${operationId} is done a second time`] : []),
    ...(type === 'PaymentAuthorized' && totals.authorized > 0 ? ['It is authorised a second time'] : []),
  ];
};

const tooMuch = ({ authorized, captured, voided, refunded }: Totals): string | undefined => {
  if (captured + voided > authorized) return `${captured} captured and ${voided} given up of ${authorized} authorised`;
  return refunded > captured ? `${refunded} refunded of ${captured} captured` : undefined;
};
