import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, EventStore, type Outcome } from '#event-store';
import { type Cause } from '#kernel';
import { type OrderCommand, type OrderEvent } from '../domain/order-messages.js';
import { order } from '../domain/order.js';
import { ChannelTermsReader } from './channel-terms.js';
import { OrderContents } from './order-contents.js';
import { readPlacement } from './read-placement.js';

type Proposal = Extract<OrderCommand, { type: 'ProposeOrderEdit' }>['data'];

export class ProposeOrderEdit extends Command<Outcome<OrderEvent>> {
  constructor(
    readonly edit: Omit<Proposal, 'terms'>,
    readonly cause: Cause,
  ) {
    super();
  }
}

/** Adds the terms of the channel that sold the order, which may not be the channel that edits it, and expands kits. */
@CommandHandler(ProposeOrderEdit)
export class ProposeOrderEditHandler implements ICommandHandler<ProposeOrderEdit> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly store: EventStore,
    private readonly terms: ChannelTermsReader,
    private readonly contents: OrderContents,
  ) {}

  /** @throws DomainError */
  async execute({ edit, cause }: ProposeOrderEdit) {
    const { placed, channelId } = await readPlacement(this.store, edit.orderId);
    const terms = await this.terms.termsOf(channelId);
    const add = this.contents.expandKits(edit.add, placed.currency);
    const data = { ...edit, add, ...(terms && { terms }) };
    return this.deciders.run(order, edit.orderId, { type: 'ProposeOrderEdit', data }, cause);
  }
}
