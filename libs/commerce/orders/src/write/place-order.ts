import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { type Cause, DomainError } from '#kernel';
import {
  type ChannelTerms,
  type FulfillmentPlan,
  type OrderCommand,
  type OrderDetails,
  type OrderEvent,
} from '../domain/order-messages.js';
import { order } from '../domain/order.js';
import { type CheckedOutCart } from './cart-contents.js';
import { ChannelTermsReader } from './channel-terms.js';
import { OrderContents } from './order-contents.js';
import { Sourcing, sourcingContext } from './sourcing.js';

/** An order as a channel sends it. The currency defaults to that of the channel. */
export type OrderToPlace = Omit<OrderDetails, 'currency'> & { readonly orderId: string; readonly currency?: string };

/** Places an order for the channel that `cause` names. */
export class PlaceOrder extends Command<Outcome<OrderEvent>> {
  constructor(
    readonly details: OrderToPlace,
    readonly cause: Cause,
  ) {
    super();
  }
}

/**
 * Adds the channel's terms and a fulfillment plan to the command. A refusal is left to the decider, so that a repeated
 * command gets its first answer even if the channel or the cart has changed.
 */
@CommandHandler(PlaceOrder)
export class PlaceOrderHandler implements ICommandHandler<PlaceOrder> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly terms: ChannelTermsReader,
    private readonly sourcing: Sourcing,
    private readonly contents: OrderContents,
  ) {}

  /** @throws DomainError */
  async execute({ details: requested, cause }: PlaceOrder) {
    const { orderId, cartId } = requested;
    const cart = cartId === undefined ? undefined : await this.contents.checkedOutCart(cartId, orderId);
    if (cartId !== undefined && !cart) return this.run(requested, cause, () => cartNotCheckedOut(cartId));
    const details = cart ? fromCart(requested, cart) : requested;
    const plan = await this.planned(details, cause.channel, cart);
    return this.run({ ...details, ...plan }, cause, () => unknownChannel(cause.channel));
  }

  /** Throws the refusal if the terms are missing and the command was not carried out before. */
  private run(
    data: OrderToPlace & PlannedOrder,
    cause: Cause,
    refusal: () => DomainError,
  ): Promise<Outcome<OrderEvent>> {
    const subject = cause.subject === undefined ? {} : { subject: data.customerId ?? cause.subject };
    const command = { type: 'PlaceOrder', data } as OrderCommand;
    return this.deciders.run(order, data.orderId, command, { ...cause, ...subject }).catch((error: unknown) => {
      throw isUnknownChannel(error) ? refusal() : error;
    });
  }

  private async planned(details: OrderToPlace, channelId: string, cart?: CheckedOutCart): Promise<PlannedOrder> {
    const terms = await this.terms.termsOf(channelId);
    if (!terms) return {};
    const { orderId, currency = terms.currency } = details;
    const lines = this.contents.expandKits(details.lines, currency);
    const plan = await this.sourcing.plan({
      orderId,
      attempt: 1,
      channelId,
      lines,
      terms,
      exclude: [],
      cartReservations: (cart?.reservations ?? []).map(({ quantity, ...held }) => ({ ...held, available: quantity })),
      ...sourcingContext({ ...details, lines }, terms.currency),
    });
    return { terms, plan, lines };
  }
}

interface PlannedOrder {
  readonly terms?: ChannelTerms;
  readonly plan?: FulfillmentPlan;
  /** Lines of components instead of kits. */
  readonly lines?: OrderDetails['lines'];
}

/** Fields of the order take precedence over those of the cart. */
const fromCart = (details: OrderToPlace, { lines, currency, customerId }: CheckedOutCart): OrderToPlace => ({
  currency,
  ...(customerId !== undefined && { customerId }),
  ...details,
  lines: details.lines.length > 0 ? details.lines : lines,
});

const cartNotCheckedOut = (cartId: string) =>
  new DomainError('cart-not-checked-out', `Cart ${cartId} is not checked out for this order: send CheckOutCart first`);

const isUnknownChannel = (error: unknown) => error instanceof DomainError && error.code === 'channel-not-found';

/** A staff key without the header `Kontor-Channel` acts for the channel `system`. */
const unknownChannel = (channel: string) => {
  const hint = channel === 'system' ? ': with a staff key, name the channel in the header Kontor-Channel' : '';
  return new DomainError('channel-not-found', `There is no channel ${channel}${hint}`, { channel });
};
