import { type BiView, type Projection } from '#projections';

/** For the registry of read models. */
export const cartReadModels: { readonly projections: readonly Projection[]; readonly views: readonly BiView[] } = {
  projections: [],
  views: [],
};
