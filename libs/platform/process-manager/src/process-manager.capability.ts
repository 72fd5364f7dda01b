import { capability } from '#capability';
import { processRefusalRows } from './process-refusals.projection.js';
import { processRefusals } from './refusal-stream.js';

/** What the runner of processes records itself. */
export const processManagerCapability = capability('process-manager', {
  streams: [processRefusals],
  processCommands: {},
  readModels: [processRefusalRows],
  feed: { processrefusal: { scope: 'ops:read', audience: 'its-channel' } },
  published: 'nothing',
});
