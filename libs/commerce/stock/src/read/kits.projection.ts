import { idOf } from '#event-store';
import { type FoldedProjection, readTable } from '#projections';
import { type KitComponent, type KitEvent } from '../domain/kit.js';

export interface KitRow {
  readonly sku: string;
  readonly version: number;
  /** Empty after the kit is retired. */
  readonly components: readonly KitComponent[];
}

/** For analysts. {@link KitDirectory} says what is sold as a kit now. */
export const kits: FoldedProjection<KitRow, 'sku', KitEvent> = {
  name: 'kit',
  version: 1,
  categories: ['kit'],
  table: readTable<KitRow>('kit', {
    sku: { type: 'text', primary: true },
    version: { type: 'integer' },
    components: { type: 'jsonb' },
  }),
  keysOf: ({ stream }) => [{ sku: idOf(stream) }],
  creates: ({ event }) => event.type === 'KitDefined',
  project: (row, { event: { type, data } }, key) => {
    switch (type) {
      case 'KitDefined':
        return { ...key, ...data };
      case 'KitRetired':
        if (!row) throw new Error(`Kit ${key.sku} was retired but never defined`);
        return { ...row, components: [] };
    }
  },
};
