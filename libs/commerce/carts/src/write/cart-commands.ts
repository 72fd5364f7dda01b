import { contract, contractsFor, plain, routeTo, type CommandContract, type Route, type Routes } from '#event-store';
import { type AppointmentCommand } from '../domain/appointment.js';
import { type CartCommand } from '../domain/cart-messages.js';
import { cart } from '../domain/cart.js';
import { type ReorderCommand } from '../domain/reorder-button.js';
import { appointmentCommands, appointmentRoutes } from './appointment-commands.js';
import * as dtos from './cart.dtos.js';
import { ChangeCart } from './change-cart.js';
import { type TemplateOrderCommand } from './place-order-from-template.js';
import { reorderCommands, reorderRoutes } from './reorder-commands.js';

const scope = 'carts:write';
const anyChannelScope = 'carts:any-channel';
const contracts = contractsFor(cart, 'cartId');
const ofCart: typeof contracts = (typed) => contracts({ ...typed, anyChannelScope });

/** A command to which its handler adds what the cart does not know. */
const changeCart = <Dto extends dtos.CartDto>(
  typed: Pick<CommandContract<Dto>, 'name' | 'summary' | 'dto' | 'namedStreams'>,
  request: (data: Dto) => ChangeCart['request'],
): CommandContract =>
  contract<Dto>({
    ...typed,
    scope,
    anyChannelScope,
    stream: ({ cartId }) => `${cart.category}-${cartId}`,
    message: (body, cause) => new ChangeCart(request(plain(body)), cause),
  });

const cartContracts: readonly CommandContract[] = [
  ofCart({
    name: 'CreateCart',
    summary: 'Creates a cart, which can be handed over to other channels.',
    dto: dtos.CreateCartDto,
    scope,
  }),
  ofCart({
    name: 'AddCartLine',
    summary: 'Adds goods to a cart, or units to a line that the cart has already.',
    dto: dtos.AddCartLineDto,
    scope,
  }),
  ofCart({
    name: 'SetCartLineQuantity',
    summary: 'Sets the quantity of a line.',
    dto: dtos.SetCartLineQuantityDto,
    scope,
  }),
  ofCart({ name: 'RemoveCartLine', summary: 'Removes a line, if the cart has it.', dto: dtos.CartLineDto, scope }),
  ofCart({
    name: 'HandOverCart',
    summary: 'Hands a cart over to another channel, which may then use it, too, or to a person.',
    dto: dtos.HandOverCartDto,
    scope,
  }),
  ofCart({
    name: 'AttachCustomer',
    summary: 'Attaches a registered customer to a cart.',
    dto: dtos.AttachCustomerDto,
    scope,
  }),
  changeCart(
    {
      name: 'ReserveCart',
      summary: 'Reserves the goods of a cart until an expiry, or answers what is missing.',
      dto: dtos.ReserveCartDto,
    },
    (data) => ({ type: 'ReserveCart', data }),
  ),
  changeCart(
    {
      name: 'ExtendCartReservations',
      summary: 'Lets the reservations of a cart expire later.',
      dto: dtos.ReserveCartDto,
    },
    (data) => ({ type: 'ExtendCartReservations', data }),
  ),
  ofCart({ name: 'ReleaseCart', summary: 'Releases all reservations of a cart.', dto: dtos.CartDto, scope }),
  changeCart(
    {
      name: 'MergeCarts',
      summary: 'Merges the lines and reservations of another cart into this one, and closes the other.',
      dto: dtos.MergeCartsDto,
      namedStreams: ({ fromCartId }) => [`${cart.category}-${fromCartId}`],
    },
    (data) => ({ type: 'MergeCarts', data }),
  ),
  ofCart({
    name: 'CheckOutCart',
    summary: 'Checks a cart out for the order that is placed next with its cartId and no lines.',
    dto: dtos.CheckOutCartDto,
    scope,
  }),
  ofCart({
    name: 'ReopenCart',
    summary: 'Opens a cart that is checked out again, unless its order is placed.',
    dto: dtos.CartDto,
    scope,
  }),
  ofCart({ name: 'CloseCart', summary: 'Closes a cart and releases its reservations.', dto: dtos.CloseCartDto, scope }),
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
