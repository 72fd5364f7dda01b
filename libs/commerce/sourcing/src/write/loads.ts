/** The port to how busy each location is today: advice, never waited for. */
export abstract class Loads {
  /** Fulfillments given to the location today, as last known. */
  abstract today(locationId: string): number;
  /** Looks again when what is known is old. */
  abstract refresh(now: Date): Promise<void>;
}
