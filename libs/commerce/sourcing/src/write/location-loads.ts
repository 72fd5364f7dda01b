/** Port to the number of fulfillments of each location. The numbers are advice: planning does not wait for them. */
export abstract class LocationLoads {
  /** Fulfillments assigned to the location today (UTC), as last known. */
  abstract assignedToday(locationId: string): number;
  /** Reads the numbers again if they are stale. Never rejects. */
  abstract refreshIfStale(now: Date): Promise<void>;
}
