import { customerReadModels } from '#customers';
import { networkReadModels } from '#network';
import { orderReadModels } from '#orders';
import { biViewSql, type ReadModels } from '#projections';
import { stockReadModels } from '#stock';
import { eventDefinitions } from './streams.js';

const all = [stockReadModels, orderReadModels, customerReadModels, networkReadModels];

/** Every read model, with the views for analysts on top of them. */
export const readModels: ReadModels = {
  projections: all.flatMap(({ projections }) => [...projections]),
  events: eventDefinitions,
  views: all.flatMap(({ views }) => views.map(biViewSql)),
};
