import { noTotals, type Totals } from './payment-model.js';

interface Entry {
  readonly paymentId: string;
  readonly operation: keyof Totals;
  readonly result: { readonly outcome: string; readonly amount?: number };
}

/** Payment → totals of the operations that the provider carried out. */
export const journalOf = async (paymentUrl: string, secret: string): Promise<ReadonlyMap<string, Totals>> => {
  const response = await fetch(`${paymentUrl}/journal`, { headers: { authorization: `Bearer ${secret}` } });
  const entries = (await response.json()) as readonly Entry[];
  const totals = new Map<string, Totals>();
  for (const { paymentId, operation, result } of entries) {
    if (result.outcome !== 'done') continue;
    const payment = totals.get(paymentId) ?? noTotals();
    payment[operation] += result.amount ?? 0;
    totals.set(paymentId, payment);
  }
  return totals;
};
