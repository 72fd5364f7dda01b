import { biViewSql, type ReadModels } from '#projections';
import { capabilities } from './capabilities.js';
import { eventsOf } from './streams.js';

/** Every read model, with the views for analysts on top of them. */
export const readModels: ReadModels = {
  projections: capabilities.flatMap((capability) => capability.readModels),
  events: eventsOf,
  views: capabilities.flatMap(({ views }) => views.map(biViewSql)),
};
