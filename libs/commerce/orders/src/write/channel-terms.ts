import { Injectable } from '@nestjs/common';
import { NetworkDirectory, NetworkLookup } from '#network';
import { type ChannelTerms } from '../domain/order-messages.js';

@Injectable()
export class ChannelTermsReader {
  constructor(
    private readonly network: NetworkLookup,
    private readonly directory: NetworkDirectory,
  ) {}

  /** @returns undefined for a channel that is not configured */
  async termsOf(channelId: string): Promise<ChannelTerms | undefined> {
    const channel = await this.network.channel(channelId);
    if (!channel) return undefined;
    const { version, currency, reservationTtlSeconds } = channel;
    const locations = channel.locations.map(({ locationId, methods, safetyStock }) => {
      const paused = this.directory.location(locationId)?.paused ?? false;
      return { locationId, methods, safetyStock, paused };
    });
    return { version, currency, reservationTtlSeconds, locations };
  }
}
