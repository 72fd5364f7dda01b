import { Random } from '#kernel';

/**
 * What goes wrong with one call. `lost`: it is not received. The others are received and carried out: `cut` breaks the
 * connection, `slow` answers after the caller has given up, `error` answers with a status 500, `lie` says declined.
 */
export type CallFault = 'lost' | 'cut' | 'slow' | 'error' | 'lie';

/** What goes wrong with the webhook: `early` comes before the answer, `late` seconds after it and so out of order. */
export type WebhookFault = 'early' | 'twice' | 'late' | 'none';

/** Chances from 0 to 1; with the same seed, the same calls fail. */
export type FaultPlan = Readonly<Partial<Record<'seed' | CallFault | WebhookFault, number>>>;

export interface Fate {
  readonly call: CallFault | undefined;
  readonly webhook: WebhookFault | undefined;
}

const CALLS: readonly CallFault[] = ['lost', 'cut', 'slow', 'error', 'lie'];
const WEBHOOKS: readonly WebhookFault[] = ['early', 'twice', 'late', 'none'];

/** Decides what becomes of every call: by chance, and by a token such as `tok_cut` at the first try of each operation. */
export class Faults {
  private readonly tries = new Map<string, number>();
  /** For tests: what becomes of the next call. */
  next: CallFault | undefined;

  constructor(private readonly plan: FaultPlan = {}) {}

  fateOf(key: string, token = ''): Fate {
    const { next } = this;
    this.next = undefined;
    if (next) return { call: next, webhook: undefined };
    const tries = (this.tries.get(key) ?? 0) + 1;
    this.tries.set(key, tries);
    const named = tries === 1 ? /^tok_([a-z]+)/.exec(token)?.[1] : undefined;
    const chance = new Random((this.plan.seed ?? 0) + hash(`${key}/${tries}`));
    const pick = <Fault extends CallFault | WebhookFault>(faults: readonly Fault[]) =>
      faults.find((fault) => fault === named) ?? this.byChance(faults, chance.next());
    return { call: pick(CALLS), webhook: pick(WEBHOOKS) };
  }

  private byChance<Fault extends CallFault | WebhookFault>(faults: readonly Fault[], drawn: number) {
    let left = drawn;
    for (const fault of faults) {
      left -= this.plan[fault] ?? 0;
      if (left < 0) return fault;
    }
    return undefined;
  }
}

/** FNV-1a. */
const hash = (text: string) => {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
};
