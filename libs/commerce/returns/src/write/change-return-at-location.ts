import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { DomainError, type Cause } from '#kernel';
import { NetworkLookup } from '#network';
import { type RmaCommand } from '../domain/return-messages.js';
import { type ReturnEvent } from '../domain/return-state.js';
import { goodsReturn } from '../domain/return.js';

type AtLocation = Extract<RmaCommand, { data: { locationId: string } }>;

export class ChangeReturnAtLocation extends Command<Outcome<ReturnEvent>> {
  constructor(
    readonly command: AtLocation,
    readonly cause: Cause,
  ) {
    super();
  }
}

/** Carries out a command that names a location, which must be registered: goods could not be booked in at an unknown one. */
@CommandHandler(ChangeReturnAtLocation)
export class ChangeReturnAtLocationHandler implements ICommandHandler<ChangeReturnAtLocation> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly network: NetworkLookup,
  ) {}

  /** @throws DomainError */
  async execute({ command, cause }: ChangeReturnAtLocation) {
    const { returnId, locationId } = command.data;
    if (await this.network.location(locationId)) return this.deciders.run(goodsReturn, returnId, command, cause);
    const message = `Location ${locationId} is not registered: send RegisterLocation first`;
    throw new DomainError('location-not-found', message, { locationId });
  }
}
