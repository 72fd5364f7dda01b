import { type BiView, type Projection } from '#projections';

/** For the registry of read models. */
export const paymentReadModels: { readonly projections: readonly Projection[]; readonly views: readonly BiView[] } = {
  projections: [],
  views: [],
};
