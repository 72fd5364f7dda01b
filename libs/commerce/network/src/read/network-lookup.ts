import { Injectable } from '@nestjs/common';
import { EventStore, type KnownEvents, readStream, type Recorded, START } from '#event-store';
import { channel } from '../domain/channel.js';
import { location } from '../domain/location.js';
import { NetworkDirectory, type KnownChannel, type KnownLocation } from './network-directory.js';

/** Finds locations and channels for command handlers: in the directory or, if they are not there yet, in the log. */
@Injectable()
export class NetworkLookup {
  constructor(
    private readonly directory: NetworkDirectory,
    private readonly store: EventStore,
  ) {}

  /** @throws StreamNotReadable, OutcomeUnknown when the log does not answer */
  async location(locationId: string): Promise<KnownLocation | undefined> {
    if (!this.directory.location(locationId)) await this.readIntoDirectory(`location-${locationId}`, location.events);
    return this.directory.location(locationId);
  }

  /** @throws StreamNotReadable, OutcomeUnknown when the log does not answer */
  async channel(channelId: string): Promise<KnownChannel | undefined> {
    if (!this.directory.channel(channelId)) await this.readIntoDirectory(`channel-${channelId}`, channel.events);
    return this.directory.channel(channelId);
  }

  private async readIntoDirectory(stream: string, knownEvents: KnownEvents) {
    const events: Recorded[] = [];
    for await (const recorded of readStream(this.store, stream, knownEvents)) events.push(recorded);
    await this.directory.handle({ events, position: START, caughtUp: false });
  }
}
