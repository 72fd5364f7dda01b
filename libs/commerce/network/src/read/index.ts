import { networkBiViews } from './bi-views.js';
import { channels, locations } from './network.projection.js';

/** For the registry of read models. */
export const networkReadModels = { projections: [locations, channels], views: networkBiViews };
