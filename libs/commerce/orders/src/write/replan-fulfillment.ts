import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, EventStore, type Outcome, type Route } from '#event-store';
import { type Cause, DomainError, type Message } from '#kernel';
import { type OrderEvent } from '../domain/order-messages.js';
import { order } from '../domain/order.js';
import { TermsOfChannels } from './channel-terms.js';
import { placementOf } from './placement-of.js';
import { Sourcing, toSource, type LineToPlan } from './sourcing.js';

/**
 * Units of an order that need a place: those of a location that refused, or new ones. With `exclude`, only what is known
 * to be there is planned: units that nobody has are left out, and a plan without allocations says that nobody can.
 */
export interface UnitsToReplan {
  readonly orderId: string;
  /** One more than the order's last plan. */
  readonly attempt: number;
  readonly lines: readonly LineToPlan[];
  readonly exclude: readonly string[];
}

/** Asks for the next plan of an order. */
export class ReplanFulfillment extends Command<Outcome<OrderEvent>> {
  constructor(
    readonly units: UnitsToReplan,
    readonly cause: Cause,
  ) {
    super();
  }
}

/** Sent by processes: the order answers with FulfillmentPlanned. */
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
    private readonly terms: TermsOfChannels,
    private readonly sourcing: Sourcing,
  ) {}

  /** @throws DomainError `order-not-found`, `channel-not-found` */
  async execute({ units, cause }: ReplanFulfillment) {
    const { orderId } = units;
    const { placed, channelId } = await placementOf(this.store, orderId);
    const terms = await this.terms.of(channelId);
    if (!terms) throw new DomainError('channel-not-found', `There is no channel ${channelId}`, { channel: channelId });
    const context = toSource(placed, placed.currency);
    const plan = await this.sourcing.plan({ ...units, ...context, channelId, terms, held: [] });
    return this.deciders.run(order, orderId, { type: 'PlanFulfillment', data: { orderId, plan } }, cause);
  }
}
