import { Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import { NetworkDirectory, type KnownChannel } from '#network';
import { availableToPromise, reservableUnits, type StockFigures, type Terms } from './available-to-promise.js';
import { StockLevels } from './stock-levels.js';

export interface LocationAvailability {
  readonly locationId: string;
  readonly available: number;
}

/** What a channel may promise of one SKU now. Advice: the stock stream decides when it is reserved. */
export interface SkuAvailability {
  readonly channel: string;
  readonly sku: string;
  /** Units available to promise, over all locations of the channel. */
  readonly atp: number;
  /** Locations with something to promise, in the channel's order of preference. */
  readonly byLocation: readonly LocationAvailability[];
  /** When the next announced delivery is due at one of the channel's locations, ISO 8601. */
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
  ) {}

  /**
   * One answer per SKU, in the order asked; a SKU that nobody has heard of is not available.
   * @throws DomainError channel-not-found
   */
  async of(channelId: string, skus: readonly string[]): Promise<SkuAvailability[]> {
    const channel = this.network.channel(channelId);
    if (!channel) throw new DomainError('channel-not-found', `There is no channel ${channelId}`);
    const locationIds = channel.locations.map(({ locationId }) => locationId);
    const figures = Map.groupBy(await this.levels.figuresOf(skus, locationIds), ({ sku }) => sku);
    const terms = this.termsOf(channel);
    return skus.map((sku) => availabilityOf(channel, sku, { figures: figures.get(sku) ?? [], terms }));
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

interface Basis {
  readonly figures: readonly StockFigures[];
  /** In the channel's order of preference. */
  readonly terms: ReadonlyMap<string, Terms>;
}

const availabilityOf = (channel: KnownChannel, sku: string, { figures, terms }: Basis): SkuAvailability => {
  const at = new Map(figures.map((one) => [one.locationId, one]));
  const byLocation: LocationAvailability[] = [];
  let reservable = false;
  let preorderable = false;
  let nextEta: Date | null = null;
  for (const [locationId, term] of terms) {
    const stock = at.get(locationId);
    if (!stock || term.paused) continue;
    const available = availableToPromise(stock, term);
    if (available > 0) byLocation.push({ locationId, available });
    reservable ||= reservableUnits(stock, term) > 0;
    preorderable ||= available > availableToPromise(stock, { ...term, promisesIncoming: false });
    nextEta = earlier(nextEta, stock.nextEta);
  }
  return {
    channel: channel.channelId,
    sku,
    atp: byLocation.reduce((all, { available }) => all + available, 0),
    byLocation,
    nextEta: isoOf(nextEta),
    reservable,
    preorderable,
    policyVersion: channel.version,
  };
};

const isoOf = (instant: Date | null) => instant?.toISOString() ?? null;

const earlier = (one: Date | null, other: Date | null) => (!one || (other && other < one) ? other : one);
