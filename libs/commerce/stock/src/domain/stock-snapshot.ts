import { type StockItem } from './stock-state.js';

type Entries<M> = M extends Map<infer K, infer V> ? [K, V][] : never;

/** A stock item as JSON. */
interface StoredStockItem extends Pick<
  StockItem,
  'onHand' | 'unavailableTotal' | 'backorderLimit' | 'reserved' | 'backordered' | 'movements' | 'movementsKnownAfter'
> {
  readonly unavailable: Entries<StockItem['unavailable']>;
  readonly incoming: Entries<StockItem['incoming']>;
  readonly reservations: Entries<StockItem['reservations']>;
  /** {@link StockItem.endedReservations} */
  readonly ended: { readonly recent: string[]; readonly older: string[] };
  /** {@link StockItem.bookedFacts} */
  readonly facts: { readonly recent: [string, string][]; readonly older: [string, string][] };
  readonly lastCount?: StockItem['lastCount'];
  readonly countSeqs: Entries<StockItem['countSeqs']>;
}

export const stockSnapshot = {
  version: 5,

  save: ({ endedReservations, bookedFacts, ...item }: StockItem): StoredStockItem => ({
    ...item,
    unavailable: [...item.unavailable],
    incoming: [...item.incoming],
    reservations: [...item.reservations],
    ended: { recent: [...endedReservations.recent], older: [...endedReservations.older] },
    facts: { recent: [...bookedFacts.recent], older: [...bookedFacts.older] },
    movements: [...item.movements],
    countSeqs: [...item.countSeqs],
  }),

  load: (stored: object): StockItem => {
    const { ended, facts, ...item } = stored as StoredStockItem;
    return {
      ...item,
      unavailable: new Map(item.unavailable),
      incoming: new Map(item.incoming),
      reservations: new Map(item.reservations),
      endedReservations: { recent: new Set(ended.recent), older: new Set(ended.older) },
      bookedFacts: { recent: new Map(facts.recent), older: new Map(facts.older) },
      movements: [...item.movements],
      lastCount: item.lastCount,
      countSeqs: new Map(item.countSeqs),
    };
  },
};
