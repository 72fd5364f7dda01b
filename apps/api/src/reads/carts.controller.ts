import { Controller, Get, Param, Query as QueryString, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Caller, readScope, RequireScope, type ApiScope, type Principal } from '#access';
import { Carts, ShopperReads } from '#carts';
import { isDay } from '#kernel';
import { StreamOwnership } from '#registry';
import { ref } from '#schema';
import { WithETag, DayParameter } from '../docs/parameters.js';
import { answers, itemsOf } from '../docs/shapes.js';
import { etag, sendTagged } from '../http/conditional.js';
import { invalid } from '../http/headers.js';
import { Problem } from '../http/problem.js';
import { MinPositionGuard, MinPosition } from './min-position.guard.js';
import { one, type Query } from './query.js';

/** With this scope, a channel sees the carts and appointments of other channels, too. */
const ANY_CHANNEL: ApiScope = 'carts:any-channel';

/** Carts, appointments and reorder buttons. */
@ApiTags('carts')
@Controller('v1')
@UseGuards(MinPositionGuard)
export class CartsController {
  constructor(
    private readonly carts: Carts,
    private readonly reads: ShopperReads,
    private readonly ownership: StreamOwnership,
  ) {}

  /** Read from the log, so it is never behind. */
  @Get('carts/:cartId')
  @RequireScope('carts:write')
  @WithETag()
  @ApiOperation({ summary: 'A cart: its lines, reservations, missing units and the channels that had it.' })
  @ApiOkResponse(answers(ref('Cart')))
  async cart(
    @Param('cartId') cartId: string,
    @Caller() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    await this.ownership.checkStream(`cart-${cartId}`, principal, ANY_CHANNEL);
    const view = await this.carts.find(cartId);
    if (!view) throw new Problem('cart-not-found', `There is no cart ${cartId}.`);
    sendTagged(request, reply, etag(view.revision), view);
  }

  @Get('locations/:locationId/appointments')
  @RequireScope('fulfillment:read')
  @MinPosition()
  @DayParameter('day', 'In UTC.')
  @ApiOperation({
    summary: 'Appointments of the channel at a store, at most 500, the earliest first; all with carts:any-channel.',
  })
  @ApiOkResponse(answers(itemsOf('Appointment')))
  async appointments(
    @Param('locationId') locationId: string,
    @QueryString() query: Query,
    @Caller() { channel, isStaff, scopes }: Principal,
  ) {
    const filter = isStaff || scopes.has(ANY_CHANNEL) ? {} : { channel };
    return { items: await this.reads.appointmentsAt({ locationId, day: dayOf(query), ...filter }) };
  }

  @Get('reorder-buttons/:buttonId')
  @RequireScope('orders:place')
  @MinPosition()
  @ApiOperation({ summary: 'A reorder button and what its presses led to.' })
  @ApiOkResponse(answers(ref('ReorderButton')))
  async button(@Param('buttonId') buttonId: string, @Caller() principal: Principal) {
    const button = await this.reads.reorderButton(readScope(principal), buttonId);
    if (!button) throw new Problem('reorder-button-not-found', `This channel has no button ${buttonId}.`);
    return button;
  }
}

const dayOf = (query: Query): string | undefined => {
  const day = one(query, 'day');
  if (day === undefined || isDay(day)) return day;
  throw invalid('day', 'must be a date, YYYY-MM-DD');
};
