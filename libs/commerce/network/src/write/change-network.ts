import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { DomainError, type Cause } from '#kernel';
import { channel } from '../domain/channel.js';
import { location } from '../domain/location.js';
import {
  type ChannelCommand,
  type ChannelEvent,
  type ChannelLocation,
  type LocationCommand,
  type LocationEvent,
} from '../domain/network.js';
import { NetworkDirectory } from '../read/network-directory.js';
import { NetworkLookup } from '../read/network-lookup.js';

/** How long a caller waits until the in-memory view shows its change. */
const MAX_WAIT_FOR_VIEW_MS = 5_000;

export class ChangeNetwork extends Command<Outcome<LocationEvent | ChannelEvent>> {
  constructor(
    readonly command: LocationCommand | ChannelCommand,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(ChangeNetwork)
export class ChangeNetworkHandler implements ICommandHandler<ChangeNetwork> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly directory: NetworkDirectory,
    private readonly lookup: NetworkLookup,
  ) {}

  /** @throws DomainError */
  async execute({ command, cause }: ChangeNetwork): Promise<Outcome<LocationEvent | ChannelEvent>> {
    const outcome = await this.carryOut(command, cause);
    if (outcome.position !== undefined) await this.directory.waitUntilReached(outcome.position, MAX_WAIT_FOR_VIEW_MS);
    return outcome;
  }

  private async carryOut(command: LocationCommand | ChannelCommand, cause: Cause) {
    if (command.type !== 'ConfigureChannel') {
      return this.deciders.run(location, command.data.locationId, command, cause);
    }
    await this.checkRegistered(command.data.locations);
    return this.deciders.run(channel, command.data.channelId, command, cause);
  }

  private async checkRegistered(locations: readonly ChannelLocation[]) {
    for (const { locationId } of locations) {
      if (await this.lookup.location(locationId)) continue;
      throw new DomainError('location-not-found', `Location ${locationId} is not registered`, { locationId });
    }
  }
}
