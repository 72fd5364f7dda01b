import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, EventStore, type Outcome } from '#event-store';
import { type Cause } from '#kernel';
import { NetworkLookup, type KnownChannel } from '#network';
import { AvailabilityAdvice } from '#orders';
import { type CartCommand, type CartEvent, type CartTerms, type AvailableUnits } from '../domain/cart-messages.js';
import { type Cart } from '../domain/cart-state.js';
import { mergeableContents } from '../domain/cart-merge.js';
import { cart } from '../domain/cart.js';
import { readCart } from './read-cart.js';

/** How long reservations last for a channel that is not configured. */
const DEFAULT_RESERVATION_SECONDS = 900;

interface ReservationRequest {
  readonly type: 'ReserveCart' | 'ExtendCartReservations';
  readonly data: { readonly cartId: string; readonly seconds?: number };
}

interface MergeRequest {
  readonly type: 'MergeCarts';
  readonly data: { readonly cartId: string; readonly fromCartId: string };
}

/** Sends a command for which the cart needs to know the channel, the stock or another cart. */
export class ChangeCart extends Command<Outcome<CartEvent>> {
  constructor(
    readonly request: ReservationRequest | MergeRequest,
    readonly cause: Cause,
  ) {
    super();
  }
}

/** Adds the terms of the channel, the available units and the contents of the other cart. The cart decides. */
@CommandHandler(ChangeCart)
export class ChangeCartHandler implements ICommandHandler<ChangeCart> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly store: EventStore,
    private readonly network: NetworkLookup,
    private readonly advice: AvailabilityAdvice,
  ) {}

  /** @throws DomainError as the cart refuses */
  async execute({ request, cause }: ChangeCart): Promise<Outcome<CartEvent>> {
    const command = await this.withContext(request, await this.network.channel(cause.channel));
    return this.deciders.run(cart, request.data.cartId, command, cause);
  }

  private async withContext(
    { type, data }: ReservationRequest | MergeRequest,
    channel?: KnownChannel,
  ): Promise<CartCommand> {
    switch (type) {
      case 'MergeCarts': {
        const source = await readCart(this.store, data.fromCartId);
        return { type, data: { ...data, source: mergeableContents(source, data.cartId) } };
      }
      case 'ExtendCartReservations':
        return { type, data: { seconds: channel?.reservationTtlSeconds ?? DEFAULT_RESERVATION_SECONDS, ...data } };
      case 'ReserveCart': {
        const terms = await this.cartTerms(channel);
        const candidates = await this.candidates(await readCart(this.store, data.cartId), terms);
        return { type, data: { ...data, terms, candidates } };
      }
    }
  }

  /** Without paused locations, which take no reservations. */
  private async cartTerms(channel: KnownChannel | undefined): Promise<CartTerms> {
    const locations: { locationId: string; ships: boolean }[] = [];
    for (const { locationId, methods } of channel?.locations ?? []) {
      const known = await this.network.location(locationId);
      if (!known?.paused) locations.push({ locationId, ships: methods.includes('ship') });
    }
    return { reservationTtlSeconds: channel?.reservationTtlSeconds ?? DEFAULT_RESERVATION_SECONDS, locations };
  }

  private candidates({ lines }: Cart, { locations }: CartTerms): Promise<readonly AvailableUnits[]> {
    const skus = new Set([...lines.values()].filter(({ locationId }) => !locationId).map(({ sku }) => sku));
    const shipping = locations.filter(({ ships }) => ships).map(({ locationId }) => locationId);
    return skus.size > 0 && shipping.length > 0 ? this.advice.available([...skus], shipping) : Promise.resolve([]);
  }
}
