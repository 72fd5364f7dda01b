import { Controller, Get, Param, Query as QueryString, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Caller, readScope, RequireScope, type Principal } from '#access';
import { LIST_FIELDS, OrderHistory, Orders, OrderTimelines, ORDER_STATES } from '#order-views';
import { ref } from '#schema';
import { AsOf, WithETag, IdParameter, Limit, PageCursor, PositionCursor } from '../docs/parameters.js';
import { answers, itemsOf } from '../docs/shapes.js';
import { etag, sendTagged } from '../http/conditional.js';
import { Problem } from '../http/problem.js';
import { MinPositionGuard, MinPosition } from './min-position.guard.js';
import { asOf, id, limit, one, oneOf, pageCursor, positionCursor, type Query, someOf } from './query.js';

const MAX_PAGE_SIZE = 200;

/** A channel sees its own orders, staff see all. */
@ApiTags('orders')
@Controller('v1/orders')
@RequireScope('orders:read')
@UseGuards(MinPositionGuard)
export class OrdersController {
  constructor(
    private readonly orders: Orders,
    private readonly timelines: OrderTimelines,
    private readonly history: OrderHistory,
  ) {}

  @Get()
  @MinPosition()
  @IdParameter('customerId', 'A customer, or the subject of a guest.')
  @ApiQuery({ name: 'state', required: false, enum: ORDER_STATES })
  @IdParameter('channel')
  @ApiQuery({
    name: 'fields',
    required: false,
    schema: { type: 'array', items: { type: 'string', enum: [...LIST_FIELDS] } },
    description: 'Shows these, too. Repeated or comma-separated.',
  })
  @PageCursor()
  @Limit(MAX_PAGE_SIZE)
  @ApiOperation({ summary: 'Orders without personal data, lines and charges, the newest first.' })
  @ApiOkResponse(answers(ref('OrderPage')))
  list(@QueryString() query: Query, @Caller() principal: Principal) {
    const [channel, buyerId, state] = [
      id(query, 'channel'),
      id(query, 'customerId'),
      oneOf(query, 'state', ORDER_STATES),
    ];
    const own = principal.isStaff ? channel : principal.channel;
    if (channel !== undefined && channel !== own)
      throw new Problem('forbidden', 'This key may read its own channel only.');
    const filter = { ...(own && { channel: own }), ...(buyerId && { buyerId }), ...(state && { state }) };
    const page = { ...pageOf(query, pageCursor(query)), fields: someOf(query, 'fields', LIST_FIELDS) };
    return this.orders.listOrders(readScope(principal), filter, page);
  }

  @Get(':orderId')
  @MinPosition()
  @AsOf()
  @WithETag()
  @ApiOperation({ summary: 'An order with its contact and address, now or as of an instant.' })
  @ApiOkResponse(answers(ref('Order')))
  async get(
    @Param('orderId') orderId: string,
    @Caller() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const then = asOf(request.query as Query);
    const now = await this.orders.findOrder(readScope(principal), orderId);
    if (!now) throw orderNotFound(orderId);
    const order = then === undefined ? now : await this.asOf(orderId, principal, then);
    // An order without a buyer has no personal data.
    const buyer = order.buyerId === null ? {} : await this.history.buyerData(orderId);
    const holds = await this.history.holdsInWords(orderId, order.holds);
    sendTagged(request, reply, etag(order.orderRevision, order.position), { ...order, ...buyer, holds });
  }

  @Get(':orderId/timeline')
  @MinPosition()
  @PositionCursor()
  @Limit(MAX_PAGE_SIZE)
  @ApiOperation({ summary: 'The events of an order: of its own stream, its stock and its returns.' })
  @ApiOkResponse(answers(ref('Timeline')))
  async timeline(@Param('orderId') orderId: string, @QueryString() query: Query, @Caller() principal: Principal) {
    const page = await this.timelines.listEntries(readScope(principal), orderId, pageOf(query, positionCursor(query)));
    if (page.items.length === 0 && one(query, 'cursor') === undefined) throw orderNotFound(orderId);
    return principal.isStaff ? { ...page, items: await this.history.withNotes(page.items) } : page;
  }

  @Get(':orderId/edits')
  @MinPosition()
  @ApiOperation({ summary: 'Edits of an order, the oldest first, with their totals and states.' })
  @ApiOkResponse(answers(itemsOf('OrderEdit')))
  async edits(@Param('orderId') orderId: string, @Caller() principal: Principal) {
    if (!(await this.orders.findOrder(readScope(principal), orderId))) throw orderNotFound(orderId);
    return { items: await this.history.edits(orderId) };
  }

  private async asOf(orderId: string, principal: Principal, then: number) {
    const order = await this.history.orderAsOf(readScope(principal), orderId, then);
    if (!order) throw new Problem('not-found', `There was no order ${orderId} at ${new Date(then).toISOString()}.`);
    return order;
  }
}

const orderNotFound = (orderId: string) =>
  new Problem('not-found', `There is no order ${orderId} that this key may see.`);

const pageOf = (query: Query, cursor: string | undefined) => ({
  limit: limit(query, MAX_PAGE_SIZE),
  ...(cursor !== undefined && { cursor }),
});
