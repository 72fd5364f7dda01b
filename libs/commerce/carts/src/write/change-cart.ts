import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, EventStore, type Outcome } from '#event-store';
import { type Cause } from '#kernel';
import { NetworkLookup, type KnownChannel } from '#network';
import { AvailabilityAdvice } from '#orders';
import { type CartCommand, type CartEvent, type CartTerms, type FreeUnits } from '../domain/cart-messages.js';
import { type Cart } from '../domain/cart-state.js';
import { contentsOf } from '../domain/cart-merge.js';
import { cart } from '../domain/cart.js';
import { readCart } from './read-cart.js';

/** For channels that are not configured. */
const DEFAULT_TTL_SECONDS = 900;

interface Reserve {
  readonly type: 'ReserveCart' | 'ExtendCartReservations';
  readonly data: { readonly cartId: string; readonly seconds?: number };
}

interface Merge {
  readonly type: 'MergeCarts';
  readonly data: { readonly cartId: string; readonly fromCartId: string };
}

/** Asks for something that a cart cannot decide on what it knows itself. */
export class ChangeCart extends Command<Outcome<CartEvent>> {
  constructor(
    readonly request: Reserve | Merge,
    readonly cause: Cause,
  ) {
    super();
  }
}

/** Adds what the channel offers, what the stock looks like, and what the other cart holds; the cart alone judges. */
@CommandHandler(ChangeCart)
export class ChangeCartHandler implements ICommandHandler<ChangeCart> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly store: EventStore,
    private readonly network: NetworkLookup,
    private readonly advice: AvailabilityAdvice,
  ) {}

  /** @throws DomainError */
  async execute({ request, cause }: ChangeCart): Promise<Outcome<CartEvent>> {
    const command = await this.complete(request, await this.network.channel(cause.channel));
    return this.deciders.run(cart, request.data.cartId, command, cause);
  }

  private async complete({ type, data }: Reserve | Merge, channel?: KnownChannel): Promise<CartCommand> {
    switch (type) {
      case 'MergeCarts': {
        const source = await readCart(this.store, data.fromCartId);
        return { type, data: { ...data, source: contentsOf(source, data.cartId) } };
      }
      case 'ExtendCartReservations':
        return { type, data: { seconds: channel?.reservationTtlSeconds ?? DEFAULT_TTL_SECONDS, ...data } };
      case 'ReserveCart': {
        const terms = await this.termsOf(channel);
        const candidates = await this.candidates(await readCart(this.store, data.cartId), terms);
        return { type, data: { ...data, terms, candidates } };
      }
    }
  }

  /** Paused locations take no reservations. */
  private async termsOf(channel: KnownChannel | undefined): Promise<CartTerms> {
    const locations: { locationId: string; ships: boolean }[] = [];
    for (const { locationId, methods } of channel?.locations ?? []) {
      const known = await this.network.location(locationId);
      if (!known?.paused) locations.push({ locationId, ships: methods.includes('ship') });
    }
    return { reservationTtlSeconds: channel?.reservationTtlSeconds ?? DEFAULT_TTL_SECONDS, locations };
  }

  private candidates({ lines }: Cart, { locations }: CartTerms): Promise<readonly FreeUnits[]> {
    const skus = new Set([...lines.values()].filter(({ locationId }) => !locationId).map(({ sku }) => sku));
    const places = locations.filter(({ ships }) => ships).map(({ locationId }) => locationId);
    return skus.size > 0 && places.length > 0 ? this.advice.available([...skus], places) : Promise.resolve([]);
  }
}
