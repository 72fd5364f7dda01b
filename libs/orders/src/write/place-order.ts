import { Optional } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { type Cause, DomainError } from '#kernel';
import {
  type ChannelTerms,
  type FulfillmentPlan,
  type OrderDetails,
  type OrderEvent,
} from '../domain/order-messages.js';
import { order } from '../domain/order.js';
import { CartContents } from './cart-contents.js';
import { TermsOfChannels } from './channel-terms.js';
import { Sourcing, toSource } from './sourcing.js';

/** An order as a channel sends it: without a currency, in the channel's. */
export type OrderToPlace = Omit<OrderDetails, 'currency'> & { readonly orderId: string; readonly currency?: string };

/** Asks for an order in the name of the channel that `cause` names. */
export class PlaceOrder extends Command<Outcome<OrderEvent>> {
  constructor(
    readonly details: OrderToPlace,
    readonly cause: Cause,
  ) {
    super();
  }
}

/**
 * Adds what the channel offers and where the goods are to come from. The decider alone judges: a command that was carried
 * out before is answered as it was then, whatever has changed since.
 */
@CommandHandler(PlaceOrder)
export class PlaceOrderHandler implements ICommandHandler<PlaceOrder> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly terms: TermsOfChannels,
    private readonly sourcing: Sourcing,
    @Optional() private readonly carts?: CartContents,
  ) {}

  /** @throws DomainError */
  async execute({ details, cause }: PlaceOrder) {
    const terms = await this.terms.of(cause.channel);
    const data = { ...details, ...(terms && { terms, plan: await this.plan(details, terms, cause) }) };
    const { orderId } = details;
    return this.deciders.run(order, orderId, { type: 'PlaceOrder', data }, cause).catch((error: unknown) => {
      throw isUnknownChannel(error) ? unknownChannel(cause.channel) : error;
    });
  }

  private async plan(details: OrderToPlace, terms: ChannelTerms, { channel }: Cause): Promise<FulfillmentPlan> {
    const { orderId, lines } = details;
    return this.sourcing.plan({
      orderId,
      attempt: 1,
      channelId: channel,
      lines,
      terms,
      held: await this.heldFor(details),
      exclude: [],
      ...toSource(details, terms.currency),
    });
  }

  /** What the cart holds that the order is made from. */
  private async heldFor({ orderId, cartId }: OrderToPlace) {
    if (cartId === undefined) return [];
    const cart = await this.carts?.forOrder(cartId, orderId);
    return (cart?.held ?? []).map(({ quantity, ...held }) => ({ ...held, available: quantity }));
  }
}

const isUnknownChannel = (error: unknown) => error instanceof DomainError && error.code === 'channel-not-found';

/** A staff key that names no channel acts for `system`. */
const unknownChannel = (channel: string) => {
  const hint = channel === 'system' ? ': a staff key names one in Kontor-Channel' : '';
  return new DomainError('channel-not-found', `There is no channel ${channel}${hint}`, { channel });
};
