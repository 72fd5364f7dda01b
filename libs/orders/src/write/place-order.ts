import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { type Cause, DomainError } from '#kernel';
import { NetworkDirectory, NetworkLookup } from '#network';
import {
  type Candidate,
  type ChannelTerms,
  type OrderDetails,
  type OrderEvent,
  type OrderLine,
} from '../domain/order-messages.js';
import { order } from '../domain/order.js';
import { AvailabilityAdvice } from './availability-advice.js';

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

const ADVICE_TIMEOUT_MS = 500;

/**
 * Adds what the channel offers and what the stock looks like. The decider alone judges: a command that was carried out
 * before is answered as it was then, whatever has changed since.
 */
@CommandHandler(PlaceOrder)
export class PlaceOrderHandler implements ICommandHandler<PlaceOrder> {
  private readonly logger = new Logger('PlaceOrder');

  constructor(
    private readonly deciders: DeciderRunner,
    private readonly network: NetworkLookup,
    private readonly directory: NetworkDirectory,
    private readonly advice: AvailabilityAdvice,
  ) {}

  /** @throws DomainError */
  async execute({ details, cause }: PlaceOrder) {
    const terms = await this.termsOf(cause.channel);
    const candidates = terms ? await this.candidates(details.lines, terms) : [];
    const data = { ...details, candidates, ...(terms && { terms }) };
    const { orderId } = details;
    return this.deciders.run(order, orderId, { type: 'PlaceOrder', data }, cause).catch((error: unknown) => {
      throw isUnknownChannel(error) ? unknownChannel(cause.channel) : error;
    });
  }

  private async termsOf(channelId: string): Promise<ChannelTerms | undefined> {
    const channel = await this.network.channel(channelId);
    if (!channel) return undefined;
    const { version, currency, reservationTtlSeconds } = channel;
    const locations = channel.locations.map(({ locationId, methods, safetyStock }) => {
      const paused = this.directory.location(locationId)?.paused ?? false;
      return { locationId, methods, safetyStock, paused };
    });
    return { version, currency, reservationTtlSeconds, locations };
  }

  /** Nothing is asked where there is nothing to choose. */
  private async candidates(lines: readonly OrderLine[], { locations }: ChannelTerms): Promise<readonly Candidate[]> {
    const shipping = locations.filter(({ methods, paused }) => !paused && methods.includes('ship'));
    const skus = new Set(lines.filter(({ locationId }) => locationId === undefined).map(({ sku }) => sku));
    if (skus.size === 0 || shipping.length < 2) return [];
    const places = shipping.map(({ locationId }) => locationId);
    return within(ADVICE_TIMEOUT_MS, this.advice.available([...skus], places)).catch((error: unknown) => {
      this.logger.warn(`Planned without advice: ${String(error)}`);
      return [];
    });
  }
}

const isUnknownChannel = (error: unknown) => error instanceof DomainError && error.code === 'channel-not-found';

/** A staff key that names no channel acts for `system`. */
const unknownChannel = (channel: string) => {
  const hint = channel === 'system' ? ': a staff key names one in Kontor-Channel' : '';
  return new DomainError('channel-not-found', `There is no channel ${channel}${hint}`, { channel });
};

const within = <Value>(timeoutMs: number, promise: Promise<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
