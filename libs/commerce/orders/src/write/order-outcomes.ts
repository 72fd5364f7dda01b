import { CompletionPort } from '#event-store';

/** The port that tells whether the checkout of an order has ended, by confirmation or rejection. */
export abstract class OrderOutcomes extends CompletionPort {}
