import { Injectable } from '@nestjs/common';
import { EventStore, OutcomeUnknown, type Recorded, START } from '#event-store';
import { NetworkDirectory, type KnownChannel, type KnownLocation } from './network-directory.js';

/** The directory for those who decide: what it has not seen yet is looked up in the log before it counts as unknown. */
@Injectable()
export class NetworkLookup {
  constructor(
    private readonly directory: NetworkDirectory,
    private readonly store: EventStore,
  ) {}

  async location(locationId: string): Promise<KnownLocation | undefined> {
    if (!this.directory.location(locationId)) await this.show(`location-${locationId}`);
    return this.directory.location(locationId);
  }

  async channel(channelId: string): Promise<KnownChannel | undefined> {
    if (!this.directory.channel(channelId)) await this.show(`channel-${channelId}`);
    return this.directory.channel(channelId);
  }

  private async show(stream: string) {
    const events: Recorded[] = [];
    try {
      for await (const recorded of this.store.read(stream)) events.push(recorded);
    } catch (error) {
      throw new OutcomeUnknown(stream, String(error));
    }
    await this.directory.handle({ events, position: START, caughtUp: false });
  }
}
