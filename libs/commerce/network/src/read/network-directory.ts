import { Injectable } from '@nestjs/common';
import { idOf, InMemoryView, type Recorded } from '#event-store';
import { channel } from '../domain/channel.js';
import { location } from '../domain/location.js';
import {
  type ChannelConfiguration,
  type ChannelEvent,
  type LocationDetails,
  type LocationEvent,
} from '../domain/network.js';

export interface KnownLocation extends LocationDetails {
  readonly locationId: string;
  readonly paused: boolean;
}

export interface KnownChannel extends ChannelConfiguration {
  readonly channelId: string;
  readonly version: number;
}

/** All locations and channels, in memory. */
@Injectable()
export class NetworkDirectory extends InMemoryView {
  override readonly name = 'network-directory';
  private readonly knownLocations = new Map<string, KnownLocation>();
  private readonly knownChannels = new Map<string, KnownChannel>();

  constructor() {
    super([location, channel]);
  }

  channel(channelId: string): KnownChannel | undefined {
    return this.knownChannels.get(channelId);
  }

  location(locationId: string): KnownLocation | undefined {
    return this.knownLocations.get(locationId);
  }

  channels(): readonly KnownChannel[] {
    return [...this.knownChannels.values()];
  }

  locations(): readonly KnownLocation[] {
    return [...this.knownLocations.values()];
  }

  protected override fold({ stream, event }: Recorded) {
    const id = idOf(stream);
    if (stream.startsWith('channel-')) this.knownChannels.set(id, { channelId: id, ...(event as ChannelEvent).data });
    else this.foldLocation(id, event as LocationEvent);
  }

  private foldLocation(locationId: string, { type, data }: LocationEvent) {
    const known = this.knownLocations.get(locationId);
    switch (type) {
      case 'LocationRegistered':
      case 'LocationDetailsChanged':
        this.knownLocations.set(locationId, { locationId, paused: known?.paused ?? false, ...data });
        break;
      case 'LocationPaused':
      case 'LocationResumed':
        if (known) this.knownLocations.set(locationId, { ...known, paused: type === 'LocationPaused' });
        break;
    }
  }
}
