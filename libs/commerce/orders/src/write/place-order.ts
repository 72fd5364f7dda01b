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
import { TermsOfChannels } from './channel-terms.js';
import { OrderContents } from './order-contents.js';
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
    private readonly contents: OrderContents,
  ) {}

  /** @throws DomainError */
  async execute({ details: asked, cause }: PlaceOrder) {
    const { orderId, cartId } = asked;
    const cart = cartId === undefined ? undefined : await this.contents.cart(cartId, orderId);
    if (cartId !== undefined && !cart) return this.run(asked, cause, notCheckedOut(cartId));
    const details = cart ? fromCart(asked, cart) : asked;
    const planned = await this.planned(details, cause.channel, cart);
    return this.run({ ...details, ...planned }, cause, unknownChannel(cause.channel));
  }

  /** Without terms it is refused with `refusal`, unless it was carried out before. */
  private run(data: OrderToPlace & Planned, cause: Cause, refusal: DomainError): Promise<Outcome<OrderEvent>> {
    const subject = cause.subject === undefined ? {} : { subject: data.customerId ?? cause.subject };
    const command = { type: 'PlaceOrder', data } as OrderCommand;
    return this.deciders.run(order, data.orderId, command, { ...cause, ...subject }).catch((error: unknown) => {
      throw isUnknownChannel(error) ? refusal : error;
    });
  }

  private async planned(details: OrderToPlace, channelId: string, cart?: CheckedOutCart): Promise<Planned> {
    const terms = await this.terms.of(channelId);
    if (!terms) return {};
    const { orderId, currency = terms.currency } = details;
    const lines = this.contents.withoutKits(details.lines, currency);
    const plan = await this.sourcing.plan({
      ...{ orderId, attempt: 1, channelId, lines, terms, exclude: [] },
      held: (cart?.held ?? []).map(({ quantity, ...held }) => ({ ...held, available: quantity })),
      ...toSource({ ...details, lines }, terms.currency),
    });
    return { terms, plan, lines };
  }
}

interface Planned {
  readonly terms?: ChannelTerms;
  readonly plan?: FulfillmentPlan;
  /** Components instead of kits. */
  readonly lines?: OrderDetails['lines'];
}

/** What the order itself says comes first. */
const fromCart = (details: OrderToPlace, { lines, currency, customerId }: CheckedOutCart): OrderToPlace => ({
  currency,
  ...(customerId !== undefined && { customerId }),
  ...details,
  lines: details.lines.length > 0 ? details.lines : lines,
});

const notCheckedOut = (cartId: string) =>
  new DomainError('cart-not-checked-out', `Cart ${cartId} is not checked out for this order: CheckOutCart comes first`);

const isUnknownChannel = (error: unknown) => error instanceof DomainError && error.code === 'channel-not-found';

/** A staff key that names no channel acts for `system`. */
const unknownChannel = (channel: string) => {
  const hint = channel === 'system' ? ': a staff key names one in Kontor-Channel' : '';
  return new DomainError('channel-not-found', `There is no channel ${channel}${hint}`, { channel });
};
