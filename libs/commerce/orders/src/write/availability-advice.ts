import { type Candidate } from '../domain/order-messages.js';

/** The port to the availability by which orders are planned. It may be stale: the stock streams decide. */
export abstract class AvailabilityAdvice {
  /** Available units of each SKU at each of the locations; locations without any may be left out. */
  abstract available(skus: readonly string[], locationIds: readonly string[]): Promise<readonly Candidate[]>;
}
