import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, EventStore, type Outcome, type Route } from '#event-store';
import { type Cause, DomainError, type Message } from '#kernel';
import { type OrderEvent } from '../domain/order-messages.js';
import { order } from '../domain/order.js';
import { ChannelTermsReader } from './channel-terms.js';
import { readPlacement } from './read-placement.js';
import { Sourcing, sourcingContext, type LineToPlan } from './sourcing.js';

/**
 * Units of an order that need a location, because one has refused them or an edit has added them. With `exclude`, only units
 * that are known to be in stock are allocated: a plan without allocations means that no location can serve any.
 */
export interface UnitsToReplan {
  readonly orderId: string;
  /** One more than the order's last plan. */
  readonly attempt: number;
  readonly lines: readonly LineToPlan[];
  readonly exclude: readonly string[];
}

export class ReplanFulfillment extends Command<Outcome<OrderEvent>> {
  constructor(
    readonly units: UnitsToReplan,
    readonly cause: Cause,
  ) {
    super();
  }
}

/** Sent by processes. The order answers with `FulfillmentPlanned`. */
export type ReplanCommand = Message<'ReplanFulfillment', UnitsToReplan>;

export const replanRoute: Route<ReplanCommand> = {
  stream: ({ data }) => `order-${data.orderId}`,
  message: ({ data }, cause) => new ReplanFulfillment(data, cause),
};

@CommandHandler(ReplanFulfillment)
export class ReplanFulfillmentHandler implements ICommandHandler<ReplanFulfillment> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly store: EventStore,
    private readonly terms: ChannelTermsReader,
    private readonly sourcing: Sourcing,
  ) {}

  /** @throws DomainError `order-not-found`, `channel-not-found` */
  async execute({ units, cause }: ReplanFulfillment) {
    const { orderId } = units;
    const { placed, channelId } = await readPlacement(this.store, orderId);
    const terms = await this.terms.termsOf(channelId);
    if (!terms) throw new DomainError('channel-not-found', `There is no channel ${channelId}`, { channel: channelId });
    const context = sourcingContext(placed, placed.currency);
    const plan = await this.sourcing.plan({ ...units, ...context, channelId, terms, cartReservations: [] });
    return this.deciders.run(order, orderId, { type: 'PlanFulfillment', data: { orderId, plan } }, cause);
  }
}
