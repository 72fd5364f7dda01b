import { CompletionPort } from '#event-store';

/** The port to how checkouts have ended: which orders were confirmed, and which were rejected. */
export abstract class OrderOutcomes extends CompletionPort {}
