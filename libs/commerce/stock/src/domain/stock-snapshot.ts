import { type StockItem } from './stock-state.js';

type Pairs<M> = M extends Map<infer K, infer V> ? [K, V][] : never;

/** A stock item as JSON. */
interface Saved extends Pick<
  StockItem,
  'onHand' | 'unavailableTotal' | 'backorderLimit' | 'reserved' | 'backordered' | 'movements' | 'movementsKnownAfter'
> {
  readonly unavailable: Pairs<StockItem['unavailable']>;
  readonly incoming: Pairs<StockItem['incoming']>;
  readonly reservations: Pairs<StockItem['reservations']>;
  readonly ended: { readonly recent: string[]; readonly older: string[] };
  readonly facts: { readonly recent: [string, string][]; readonly older: [string, string][] };
  readonly lastCount?: StockItem['lastCount'];
  readonly countSeqs: Pairs<StockItem['countSeqs']>;
}

export const stockSnapshot = {
  version: 4,

  save: (item: StockItem): Saved => ({
    ...item,
    unavailable: [...item.unavailable],
    incoming: [...item.incoming],
    reservations: [...item.reservations],
    ended: { recent: [...item.ended.recent], older: [...item.ended.older] },
    facts: { recent: [...item.facts.recent], older: [...item.facts.older] },
    movements: [...item.movements],
    countSeqs: [...item.countSeqs],
  }),

  load: (saved: object): StockItem => {
    const item = saved as Saved;
    return {
      ...item,
      unavailable: new Map(item.unavailable),
      incoming: new Map(item.incoming),
      reservations: new Map(item.reservations),
      ended: { recent: new Set(item.ended.recent), older: new Set(item.ended.older) },
      facts: { recent: new Map(item.facts.recent), older: new Map(item.facts.older) },
      movements: [...item.movements],
      lastCount: item.lastCount,
      countSeqs: new Map(item.countSeqs),
    };
  },
};
