import { Injectable } from '@nestjs/common';
import { type Principal } from '#access';
import { eventsOf } from '#registry';
import { EventStore, idOf, readKnown, type CommandContract } from '#event-store';
import { DomainError } from '#kernel';

/** What a channel changes only where it was the first to speak of it. Registering a customer changes none. */
const OWNED: Readonly<Record<string, string>> = {
  'orders:manage': 'order',
  'payments:write': 'payment',
  'customers:write': 'customer',
};

/** A channel changes its own orders and customers only: those that it was the first to speak of. */
@Injectable()
export class Ownership {
  constructor(private readonly store: EventStore) {}

  /**
   * @throws DomainError `…-not-found`, as if there were none
   * @throws StreamNotReadable, OutcomeUnknown when the log does not answer
   */
  async check({ scope, name }: CommandContract, stream: string, { isStaff, channel }: Principal): Promise<void> {
    const kind = OWNED[scope];
    if (isStaff || kind === undefined || name === 'RegisterCustomer') return;
    const owner = await this.ownerOf(stream);
    if (owner !== undefined && owner !== channel) {
      throw new DomainError(`${kind}-not-found`, `There is no ${kind} ${idOf(stream)}`);
    }
  }

  private async ownerOf(stream: string): Promise<string | undefined> {
    for await (const { envelope } of readKnown(this.store, stream, eventsOf(stream))) return envelope.channel;
    return undefined;
  }
}
