import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { DomainError, secondsAfter, type Cause } from '#kernel';
import { NetworkLookup, type KnownChannel, type KnownLocation } from '#network';
import { stockItem, streamIdOfStock, type StockCommand, type StockEvent } from '../domain/stock-item.js';

/** How long a soft reservation lasts for a channel that is not configured. */
const DEFAULT_RESERVATION_SECONDS = 900;

/** Sends one command to the stream of a stock item. */
export class ChangeStock extends Command<Outcome<StockEvent>> {
  constructor(
    readonly sku: string,
    readonly locationId: string,
    readonly command: StockCommand,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(ChangeStock)
export class ChangeStockHandler implements ICommandHandler<ChangeStock> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly network: NetworkLookup,
  ) {}

  /** @throws DomainError `location-not-found`, or as the decider refuses */
  async execute({ sku, locationId, command, cause }: ChangeStock) {
    const location = await this.network.location(locationId);
    if (!location) throw locationNotFound(locationId);
    const completed = await this.withNetworkTerms(command, location, cause);
    return this.deciders.run(stockItem, streamIdOfStock(sku, locationId), completed, cause);
  }

  /**
   * Adds safety stock, expiry and pause to a reservation. The decider checks the pause: a command that was carried out before
   * the pause is answered again as it was then.
   */
  private async withNetworkTerms(
    command: StockCommand,
    { locationId, paused }: KnownLocation,
    cause: Cause,
  ): Promise<StockCommand> {
    if (command.type !== 'ReserveStock') return command;
    const channel = await this.network.channel(cause.channel);
    const keep = safetyStockAt(locationId, channel);
    const data = { keep, ...command.data, ...(paused && { locationPaused: true }) };
    if (data.kind === 'hard' || data.expiresAt !== undefined) return { type: 'ReserveStock', data };
    const ttlSeconds = channel?.reservationTtlSeconds ?? DEFAULT_RESERVATION_SECONDS;
    const expiresAt = secondsAfter(this.deciders.now(cause), ttlSeconds);
    return { type: 'ReserveStock', data: { ...data, expiresAt } };
  }
}

const safetyStockAt = (locationId: string, channel?: KnownChannel) =>
  channel?.locations.find((at) => at.locationId === locationId)?.safetyStock ?? 0;

const locationNotFound = (locationId: string) =>
  new DomainError('location-not-found', `Location ${locationId} is not registered: send RegisterLocation first`, {
    locationId,
  });
