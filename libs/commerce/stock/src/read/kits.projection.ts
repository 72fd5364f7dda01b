import { idOf } from '#event-store';
import { column, type FoldedProjection, primary, readTable, type RowOf } from '#projections';
import { described, integer, listOf, object, text } from '#schema';
import { type KitEvent } from '../domain/kit.js';

export const component = {
  sku: described(text, 'The SKU of the component'),
  quantity: described(integer, 'Units of the component in one kit'),
};
export const kitComponent = object(component);

export const kitColumns = {
  sku: primary(column.text('The SKU that is sold')),
  version: column.integer('Number of times that the kit was defined'),
  components: column.json(listOf(kitComponent), 'Empty after the kit is retired'),
};

export type KitRow = RowOf<typeof kitColumns>;

/** For analysts. {@link KitDirectory} says what is sold as a kit now. */
export const kits: FoldedProjection<KitRow, 'sku', KitEvent> = {
  name: 'kit',
  version: 1,
  categories: ['kit'],
  table: readTable('kit', kitColumns),
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
