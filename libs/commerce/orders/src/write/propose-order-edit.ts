import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, EventStore, type Outcome } from '#event-store';
import { type Cause } from '#kernel';
import { type OrderCommand, type OrderEvent } from '../domain/order-messages.js';
import { order } from '../domain/order.js';
import { TermsOfChannels } from './channel-terms.js';
import { OrderContents } from './order-contents.js';
import { placementOf } from './placement-of.js';

type Proposal = Extract<OrderCommand, { type: 'ProposeOrderEdit' }>['data'];

/** Asks what an edit would come to. */
export class ProposeOrderEdit extends Command<Outcome<OrderEvent>> {
  constructor(
    readonly edit: Omit<Proposal, 'terms'>,
    readonly cause: Cause,
  ) {
    super();
  }
}

/** Adds what the channel that sold the order offers, whoever edits it, and puts components in the place of kits. */
@CommandHandler(ProposeOrderEdit)
export class ProposeOrderEditHandler implements ICommandHandler<ProposeOrderEdit> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly store: EventStore,
    private readonly terms: TermsOfChannels,
    private readonly contents: OrderContents,
  ) {}

  /** @throws DomainError */
  async execute({ edit, cause }: ProposeOrderEdit) {
    const { placed, channelId } = await placementOf(this.store, edit.orderId);
    const terms = await this.terms.of(channelId);
    const add = this.contents.withoutKits(edit.add, placed.currency);
    const data = { ...edit, add, ...(terms && { terms }) };
    return this.deciders.run(order, edit.orderId, { type: 'ProposeOrderEdit', data }, cause);
  }
}
