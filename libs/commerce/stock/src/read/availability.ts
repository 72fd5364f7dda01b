import { Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import { NetworkDirectory, type KnownChannel } from '#network';
import { described, flag, instant, integer, listOf, object, orNull, text, type ValueOf } from '#schema';
import {
  locationAvailabilitySchema,
  promisableKits,
  promisableUnits,
  type LocationTerms,
  type PromisableUnits,
} from './available-to-promise.js';
import { KitDirectory } from './kit-directory.js';
import { StockLevels } from './stock-levels.js';

export { type LocationAvailability } from './available-to-promise.js';

export const skuAvailabilitySchema = object({
  channel: text,
  sku: text,
  atp: described(integer, 'Units available to promise, over all locations of the channel.'),
  byLocation: described(
    listOf(locationAvailabilitySchema),
    "Locations with something to promise, in the channel's order of preference.",
  ),
  nextEta: described(
    orNull(instant),
    "When the next announced delivery is due at one of the channel's locations, ISO 8601. For a kit: when the last of its\nscarcest components is due.",
  ),
  reservable: described(flag, 'A unit could be reserved now.'),
  preorderable: described(flag, 'Part of `atp` has not arrived yet.'),
  policyVersion: described(integer, "Version of the channel's configuration."),
});

/** How much of one SKU or kit a channel can promise now. It may be stale: the stock stream decides on each reservation. */
export type SkuAvailability = ValueOf<typeof skuAvailabilitySchema>;

@Injectable()
export class Availability {
  constructor(
    private readonly levels: StockLevels,
    private readonly network: NetworkDirectory,
    private readonly kits: KitDirectory,
  ) {}

  /**
   * One answer for each SKU, in the given order; an unknown SKU is not available.
   *
   * @throws DomainError `channel-not-found`
   */
  async forSkus(channelId: string, skus: readonly string[]): Promise<SkuAvailability[]> {
    const channel = this.network.channel(channelId);
    if (!channel) throw unknownChannel(channelId);
    const locationIds = channel.locations.map(({ locationId }) => locationId);
    const componentsOf = new Map(skus.map((sku) => [sku, this.kits.componentsOf(sku)]));
    const stockedSkus = new Set(
      [...componentsOf].flatMap(([sku, kit]) => kit?.map((component) => component.sku) ?? sku),
    );
    const figures = Map.groupBy(await this.levels.figuresOf([...stockedSkus], locationIds), ({ sku }) => sku);
    const terms = this.locationTerms(channel);
    const unitsOf = (sku: string) => promisableUnits(figures.get(sku) ?? [], terms);
    return skus.map((sku) => {
      const components = componentsOf.get(sku);
      if (!components) return skuAvailability(channel, sku, unitsOf(sku));
      const units = components.map((component) => ({ quantity: component.quantity, units: unitsOf(component.sku) }));
      return skuAvailability(channel, sku, promisableKits(units));
    });
  }

  private locationTerms({ locations, promisesIncoming }: KnownChannel): Map<string, LocationTerms> {
    return new Map(
      locations.map(({ locationId, safetyStock }) => {
        const paused = this.network.location(locationId)?.paused ?? false;
        return [locationId, { safetyStock, promisesIncoming, paused }];
      }),
    );
  }
}

const skuAvailability = (channel: KnownChannel, sku: string, units: PromisableUnits): SkuAvailability => ({
  channel: channel.channelId,
  sku,
  atp: units.atp,
  byLocation: units.byLocation,
  nextEta: units.nextEta?.toISOString() ?? null,
  reservable: units.reservable > 0,
  preorderable: units.atp > units.atpOnHand,
  policyVersion: channel.version,
});

/** Staff who name no channel ask for the channel `system`. */
const unknownChannel = (channelId: string) => {
  const hint = channelId === 'system' ? ': with a staff key, name one in the query, such as ?channel=web' : '';
  return new DomainError('channel-not-found', `There is no channel ${channelId}${hint}`);
};
