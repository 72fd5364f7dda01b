import { Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import { NetworkDirectory, type KnownChannel } from '#network';
import { type Terms } from './available-to-promise.js';
import { KitDirectory } from './kit-directory.js';
import { promiseOf, promiseOfKit, type LocationAvailability, type SkuPromise } from './sku-promise.js';
import { StockLevels } from './stock-levels.js';

export { type LocationAvailability } from './sku-promise.js';

/** What a channel may promise of one SKU or kit now. Advice: the stock stream decides when it is reserved. */
export interface SkuAvailability {
  readonly channel: string;
  readonly sku: string;
  /** Units available to promise, over all locations of the channel. */
  readonly atp: number;
  /** Locations with something to promise, in the channel's order of preference. */
  readonly byLocation: readonly LocationAvailability[];
  /** When the next announced delivery is due at one of the channel's locations, ISO 8601; of all that a kit waits for. */
  readonly nextEta: string | null;
  /** A unit could be reserved now. */
  readonly reservable: boolean;
  /** Part of `atp` has not arrived yet. */
  readonly preorderable: boolean;
  /** Version of the channel's configuration. */
  readonly policyVersion: number;
}

@Injectable()
export class Availability {
  constructor(
    private readonly levels: StockLevels,
    private readonly network: NetworkDirectory,
    private readonly kits: KitDirectory,
  ) {}

  /**
   * One answer per SKU, in the order asked; a SKU that nobody has heard of is not available.
   * @throws DomainError channel-not-found
   */
  async of(channelId: string, skus: readonly string[]): Promise<SkuAvailability[]> {
    const channel = this.network.channel(channelId);
    if (!channel) throw new DomainError('channel-not-found', `There is no channel ${channelId}`);
    const locationIds = channel.locations.map(({ locationId }) => locationId);
    const made = new Map(skus.map((sku) => [sku, this.kits.componentsOf(sku)]));
    const plain = [...new Set([...made].flatMap(([sku, components]) => components?.map((one) => one.sku) ?? sku))];
    const figures = Map.groupBy(await this.levels.figuresOf(plain, locationIds), ({ sku }) => sku);
    const terms = this.termsOf(channel);
    const ofPlain = (sku: string) => promiseOf(figures.get(sku) ?? [], terms);
    return skus.map((sku) => {
      const components = made.get(sku);
      if (!components) return answer(channel, sku, ofPlain(sku));
      const promised = components.map((one) => ({ quantity: one.quantity, promise: ofPlain(one.sku) }));
      return answer(channel, sku, promiseOfKit(promised));
    });
  }

  private termsOf({ locations, promisesIncoming }: KnownChannel): Map<string, Terms> {
    return new Map(
      locations.map(({ locationId, safetyStock }) => {
        const paused = this.network.location(locationId)?.paused ?? false;
        return [locationId, { safetyStock, promisesIncoming, paused }];
      }),
    );
  }
}

const answer = (channel: KnownChannel, sku: string, promise: SkuPromise): SkuAvailability => ({
  channel: channel.channelId,
  sku,
  atp: promise.atp,
  byLocation: promise.byLocation,
  nextEta: promise.nextEta?.toISOString() ?? null,
  reservable: promise.reservable > 0,
  preorderable: promise.atp > promise.arrived,
  policyVersion: channel.version,
});
