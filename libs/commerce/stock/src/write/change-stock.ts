import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { DomainError, type Cause } from '#kernel';
import { NetworkLookup, type KnownChannel, type KnownLocation } from '#network';
import { stockItem, streamIdOfStock, type StockCommand, type StockEvent } from '../domain/stock-item.js';

/** For channels that are not configured. */
const DEFAULT_TTL_SECONDS = 900;

/** Asks the stock of a SKU at a location to carry out one command. */
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

  /** @throws DomainError */
  async execute({ sku, locationId, command, cause }: ChangeStock) {
    const location = await this.network.location(locationId);
    if (!location) throw unknown(locationId);
    const complete = await this.complete(command, location, cause);
    return this.deciders.run(stockItem, streamIdOfStock(sku, locationId), complete, cause);
  }

  /**
   * Adds to a reservation what the network knows. Whether a pause matters is left to the decider: a command that was
   * carried out before the pause is still answered as it was then.
   */
  private async complete(
    command: StockCommand,
    { locationId, paused }: KnownLocation,
    cause: Cause,
  ): Promise<StockCommand> {
    if (command.type !== 'ReserveStock') return command;
    const channel = await this.network.channel(cause.channel);
    const data = { keep: keepAt(locationId, channel), ...command.data, ...(paused && { locationPaused: true }) };
    if (data.kind === 'hard' || data.expiresAt !== undefined) return { type: 'ReserveStock', data };
    const ttlSeconds = channel?.reservationTtlSeconds ?? DEFAULT_TTL_SECONDS;
    const expiresAt = new Date(Date.parse(cause.occurredAt) + ttlSeconds * 1000).toISOString();
    return { type: 'ReserveStock', data: { ...data, expiresAt } };
  }
}

const keepAt = (locationId: string, channel?: KnownChannel) =>
  channel?.locations.find((at) => at.locationId === locationId)?.safetyStock ?? 0;

const unknown = (locationId: string) =>
  new DomainError('location-not-found', `Location ${locationId} is not registered: send RegisterLocation first`, {
    locationId,
  });
