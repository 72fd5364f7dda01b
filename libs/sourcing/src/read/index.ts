import { type BiView, type Projection } from '#projections';
import { locationLoad } from './location-load.projection.js';

export { SourcingPolicies, type PolicyVersion } from './sourcing-policies.js';

/** For the registry of read models. */
export const sourcingReadModels: { readonly projections: readonly Projection[]; readonly views: readonly BiView[] } = {
  projections: [locationLoad],
  views: [],
};
