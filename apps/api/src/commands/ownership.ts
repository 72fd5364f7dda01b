import { Injectable } from '@nestjs/common';
import { type Principal } from '#access';
import { EventStore, idOf, OutcomeUnknown, type CommandContract } from '#event-store';
import { DomainError } from '#kernel';

/** A channel changes its own orders only: those that it was the first to speak of. */
@Injectable()
export class Ownership {
  constructor(private readonly store: EventStore) {}

  /** @throws DomainError `order-not-found`, as if there were none; OutcomeUnknown when the log does not answer */
  async check({ scope }: CommandContract, stream: string, { isStaff, channel }: Principal): Promise<void> {
    if (isStaff || scope !== 'orders:manage') return;
    const owner = await this.ownerOf(stream).catch((error: unknown) => {
      throw new OutcomeUnknown(stream, String(error));
    });
    if (owner !== undefined && owner !== channel) {
      throw new DomainError('order-not-found', `There is no order ${idOf(stream)}`);
    }
  }

  private async ownerOf(stream: string): Promise<string | undefined> {
    for await (const { envelope } of this.store.read(stream)) return envelope.channel;
    return undefined;
  }
}
