import { type BiView, type Projection } from '#projections';
import { sourcingBiViews } from './bi-views.js';
import { locationLoad } from './location-load.projection.js';
import { publishedPolicies } from './sourcing-policy.projection.js';

export { SourcingPolicies, type PolicyVersion } from './sourcing-policies.js';

/** For the registry of read models. */
export const sourcingReadModels: { readonly projections: readonly Projection[]; readonly views: readonly BiView[] } = {
  projections: [locationLoad, publishedPolicies],
  views: sourcingBiViews,
};
