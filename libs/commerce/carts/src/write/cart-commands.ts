import { contract, contractsFor, plain, routeTo, type CommandContract, type Route, type Routes } from '#event-store';
import { type AppointmentCommand } from '../domain/appointment-messages.js';
import { type CartCommand } from '../domain/cart-messages.js';
import { cart } from '../domain/cart.js';
import { type ReorderCommand } from '../domain/reorder-messages.js';
import { appointmentCommands, appointmentRoutes } from './appointment-commands.js';
import * as dtos from './cart.dtos.js';
import { ChangeCart } from './change-cart.js';
import { type TemplateOrderCommand } from './place-order-from-template.js';
import { reorderCommands, reorderRoutes } from './reorder-commands.js';

const scope = 'carts:write';
const ofCart = contractsFor(cart, 'cartId');

const asked = (name: ChangeCart['request']['type'], summary: string, dto: new () => dtos.CartDto): CommandContract =>
  contract<dtos.CartDto>({
    ...{ name, summary, dto, scope },
    stream: ({ cartId }) => `${cart.category}-${cartId}`,
    message: (body, cause) =>
      new ChangeCart({ type: name, data: plain(body) } as unknown as ChangeCart['request'], cause),
  });

const cartContracts: readonly CommandContract[] = [
  ofCart({
    name: 'CreateCart',
    summary: 'Begins a cart that every channel can go on with.',
    dto: dtos.CreateCartDto,
    scope,
  }),
  ofCart({
    name: 'AddCartLine',
    summary: 'Puts goods into a cart; a line that is there gets so many units more.',
    dto: dtos.AddCartLineDto,
    scope,
  }),
  ofCart({
    name: 'SetCartLineQuantity',
    summary: 'Says how many it shall be.',
    dto: dtos.SetCartLineQuantityDto,
    scope,
  }),
  ofCart({ name: 'RemoveCartLine', summary: 'Takes a line out, if it is there.', dto: dtos.CartLineDto, scope }),
  ofCart({
    name: 'HandOverCart',
    summary: 'Says who goes on with a cart: another channel, another person.',
    dto: dtos.HandOverCartDto,
    scope,
  }),
  ofCart({ name: 'AttachCustomer', summary: 'Says whose cart it is.', dto: dtos.AttachCustomerDto, scope }),
  asked('ReserveCart', 'Holds the goods of a cart for a while, or says what is missing.', dtos.ReserveCartDto),
  asked('ExtendCartReservations', 'Holds what is held for longer, counted from now.', dtos.ReserveCartDto),
  ofCart({ name: 'ReleaseCart', summary: 'Gives back all that is held for a cart.', dto: dtos.CartDto, scope }),
  asked(
    'MergeCarts',
    'Puts another cart’s lines and reservations into this one, and ends the other.',
    dtos.MergeCartsDto,
  ),
  ofCart({
    name: 'CheckOutCart',
    summary: 'Freezes a cart for the order that is placed next with its cartId and no lines.',
    dto: dtos.CheckOutCartDto,
    scope,
  }),
  ofCart({
    name: 'ReopenCart',
    summary: 'Goes back from the checkout, unless the order is placed.',
    dto: dtos.CartDto,
    scope,
  }),
  ofCart({ name: 'CloseCart', summary: 'Ends a cart and gives back what is held.', dto: dtos.CloseCartDto, scope }),
];

export const cartCommands: readonly CommandContract[] = [...cartContracts, ...appointmentCommands, ...reorderCommands];

const toCart: Route<CartCommand> = routeTo(cart, ({ cartId }) => cartId);

/** What processes and timers may send. */
export const cartRoutes = {
  RecordCartReservation: toCart,
  RecordCartRefusal: toCart,
  LoseCartReservation: toCart,
  CloseMergedCart: toCart,
  MergeCartRest: toCart,
  RecordCartOrder: toCart,
  CompleteCart: toCart,
  ReturnCart: toCart,
  ExpireCartCheckout: toCart,
  ...appointmentRoutes,
  ...reorderRoutes,
} satisfies Partial<Routes<CartCommand | AppointmentCommand | ReorderCommand | TemplateOrderCommand>>;
