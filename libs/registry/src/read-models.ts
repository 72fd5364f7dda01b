import { type BiView, biViewSql, type ReadModels } from '#projections';
import { capabilities } from './capabilities.js';
import { eventsOf } from './streams.js';

/** The views for analysts. */
export const biViews: readonly BiView[] = capabilities.flatMap(({ views }) => views);

/** Every read model, with the views for analysts on top of them. */
export const readModels: ReadModels = {
  projections: capabilities.flatMap((capability) => capability.readModels),
  events: eventsOf,
  views: biViews.map(biViewSql),
};
