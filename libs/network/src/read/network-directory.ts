import { Injectable } from '@nestjs/common';
import { upcast } from '#kernel';
import { idOf, type Batch, type Consumer, type Recorded } from '#event-store';
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

/**
 * Every location and channel, in memory. It is run like any consumer, in every process that needs it, and starts from
 * an empty view: wait until it has {@link reached} the head of the log before anything is decided on it.
 */
@Injectable()
export class NetworkDirectory implements Consumer {
  readonly name = 'network-directory';
  readonly categories = [location.category, channel.category];

  private position = 0;
  private readonly knownLocations = new Map<string, KnownLocation>();
  private readonly knownChannels = new Map<string, KnownChannel>();
  /** Stream → revision of the last event that was folded. */
  private readonly revisions = new Map<string, number>();
  private readonly waiters = new Set<() => void>();

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

  /** Whether everything up to `position` is in view, after waiting for it at most `timeoutMs`. */
  reached(position: number, timeoutMs: number): Promise<boolean> {
    if (this.position >= position) return Promise.resolve(true);
    return new Promise((resolve) => {
      const done = (seen: boolean) => {
        clearTimeout(timer);
        this.waiters.delete(look);
        resolve(seen);
      };
      const look = () => this.position >= position && done(true);
      const timer = setTimeout(done, timeoutMs, false);
      this.waiters.add(look);
    });
  }

  resume(): Promise<number> {
    return Promise.resolve(this.position);
  }

  /** @throws UnknownEvent */
  handle({ events, position }: Batch): Promise<void> {
    for (const recorded of events) this.fold(recorded);
    this.position = Math.max(this.position, position);
    for (const look of this.waiters) look();
    return Promise.resolve();
  }

  private fold({ stream, revision, event, envelope }: Recorded) {
    if (revision <= (this.revisions.get(stream) ?? -1)) return;
    const id = idOf(stream);
    const version = Number(envelope.schema);
    if (stream.startsWith('channel-')) {
      const { data } = upcast(channel.events, event, version) as ChannelEvent;
      this.knownChannels.set(id, { channelId: id, ...data });
    } else {
      this.foldLocation(id, upcast(location.events, event, version) as LocationEvent);
    }
    this.revisions.set(stream, revision);
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
