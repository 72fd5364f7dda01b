import { Controller, Get, Param, Query as QueryString, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { RequireScope } from '#access';
import { FULFILLMENT_STATUSES, Fulfillments } from '#fulfillment';
import { ref } from '#schema';
import { WithETag, Limit, PageCursor } from '../docs/parameters.js';
import { answers, itemsOf } from '../docs/shapes.js';
import { etag, sendTagged } from '../http/conditional.js';
import { Problem } from '../http/problem.js';
import { MinPositionGuard, MinPosition } from './min-position.guard.js';
import { limit, oneOf, pageCursor, type Query } from './query.js';

const MAX_PAGE_SIZE = 200;

/** The work of locations, whichever channel sold it. It says nothing about buyers. */
@ApiTags('fulfillment')
@Controller('v1')
@RequireScope('fulfillment:read')
@UseGuards(MinPositionGuard)
export class FulfillmentsController {
  constructor(private readonly fulfillments: Fulfillments) {}

  @Get('locations/:locationId/worklist')
  @MinPosition()
  @ApiQuery({
    name: 'state',
    required: false,
    enum: FULFILLMENT_STATUSES,
    description: 'All that is open, if left out.',
  })
  @PageCursor()
  @Limit(MAX_PAGE_SIZE)
  @ApiOperation({ summary: 'What a location has to do, the oldest first.' })
  @ApiOkResponse(answers(ref('FulfillmentPage')))
  worklist(@Param('locationId') locationId: string, @QueryString() query: Query) {
    const [state, cursor] = [oneOf(query, 'state', FULFILLMENT_STATUSES), pageCursor(query)];
    return this.fulfillments.workList(locationId, {
      limit: limit(query, MAX_PAGE_SIZE),
      ...(state && { state }),
      ...(cursor !== undefined && { cursor }),
    });
  }

  @Get('locations/:locationId/consolidations')
  @MinPosition()
  @Limit(MAX_PAGE_SIZE)
  @ApiOperation({ summary: 'What a location could send together: open work for one customer at one address.' })
  @ApiOkResponse(answers(itemsOf('Consolidation')))
  async consolidations(@Param('locationId') locationId: string, @QueryString() query: Query) {
    return { items: await this.fulfillments.consolidations(locationId, limit(query, MAX_PAGE_SIZE)) };
  }

  @Get('shipments/:shipmentId')
  @MinPosition()
  @WithETag()
  @ApiOperation({ summary: 'Goods of several orders that leave together, and what became of each.' })
  @ApiOkResponse(answers(ref('Shipment')))
  async shipment(@Param('shipmentId') shipmentId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const row = await this.fulfillments.shipment(shipmentId);
    if (!row) throw new Problem('not-found', `There is no shipment ${shipmentId}.`);
    sendTagged(request, reply, etag(row.revision), row);
  }

  @Get('fulfillments/:fulfillmentId')
  @MinPosition()
  @WithETag()
  @ApiOperation({ summary: 'A fulfillment order: its units, its parcels and where it stands.' })
  @ApiOkResponse(answers(ref('Fulfillment')))
  async get(@Param('fulfillmentId') fulfillmentId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const row = await this.fulfillments.get(fulfillmentId);
    if (!row) throw new Problem('not-found', `There is no fulfillment order ${fulfillmentId}.`);
    sendTagged(request, reply, etag(row.revision), row);
  }

  @Get('orders/:orderId/fulfillments')
  @MinPosition()
  @ApiOperation({ summary: 'Who does, or did, what for an order; the oldest first.' })
  @ApiOkResponse(answers(itemsOf('Fulfillment')))
  async ofOrder(@Param('orderId') orderId: string) {
    return { items: await this.fulfillments.listForOrder(orderId) };
  }
}
