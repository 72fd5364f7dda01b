import { Controller, Get, Param, Query as QueryString, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { RequireScope } from '#access';
import { KitDirectory, StockHistory, StockLevels } from '#stock';
import { ref } from '#schema';
import { AsOf, WithETag, IdParameter, Limit, SkuParameter } from '../docs/parameters.js';
import { answers, itemsOf } from '../docs/shapes.js';
import { etag, sendTagged } from '../http/conditional.js';
import { Problem } from '../http/problem.js';
import { MinPositionGuard, MinPosition } from './min-position.guard.js';
import { asOf, id, limit, oneOf, sku, type Query } from './query.js';

const MAX_EVENTS = 5000;

@ApiTags('stock')
@Controller('v1')
@RequireScope('stock:read')
@UseGuards(MinPositionGuard)
export class StockController {
  constructor(
    private readonly levels: StockLevels,
    private readonly history: StockHistory,
    private readonly kits: KitDirectory,
  ) {}

  @Get('stock/:sku')
  @MinPosition()
  @ApiOperation({ summary: 'The stock of a SKU at every location.' })
  @ApiOkResponse(answers(itemsOf('StockPosition')))
  async everywhere(@Param('sku') sku: string) {
    return { items: await this.levels.atAllLocations(sku) };
  }

  @Get('stock/:sku/:locationId')
  @ApiParam({ name: 'sku' })
  @ApiParam({ name: 'locationId' })
  @MinPosition()
  @AsOf()
  @WithETag()
  @ApiOperation({ summary: 'The stock of a SKU at one location, now or as of an instant.' })
  @ApiOkResponse(answers(ref('StockPosition')))
  async at(
    @Param() place: Place,
    @QueryString() query: Query,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const { sku, locationId } = place;
    const then = asOf(query);
    const level =
      then === undefined
        ? await this.levels.atLocation(sku, locationId)
        : (await this.history.explain(sku, locationId, { asOf: then, limit: 0 })).level;
    if (!level) throw new Problem('not-found', `No stock of ${sku} was recorded at ${locationId}.`);
    sendTagged(request, reply, etag(level.revision), level);
  }

  /** For staff, because it shows orders and reservations of every channel. */
  @Get('stock/:sku/:locationId/explain')
  @RequireScope('ops:read')
  @ApiParam({ name: 'sku' })
  @ApiParam({ name: 'locationId' })
  @AsOf()
  @Limit(MAX_EVENTS, 'The number of the last events.')
  @ApiOperation({ summary: 'How the stock came about: every event and its effect on the figures.' })
  @ApiOkResponse(answers(ref('StockExplanation')))
  explain(@Param() { sku, locationId }: Place, @QueryString() query: Query) {
    return this.history.explain(sku, locationId, { asOf: asOf(query), limit: limit(query, MAX_EVENTS) });
  }

  /** For staff, because it shows orders of every channel. */
  @Get('stock/:sku/:locationId/backorders')
  @RequireScope('ops:read')
  @ApiParam({ name: 'sku' })
  @ApiParam({ name: 'locationId' })
  @MinPosition()
  @ApiOperation({ summary: 'Backorders, at most 1,000, in the order in which they will be filled.' })
  @ApiOkResponse(answers(itemsOf('Reservation')))
  async backorders(@Param() { sku, locationId }: Place) {
    return { items: await this.levels.backorders(sku, locationId) };
  }

  @Get('kits/:sku')
  @ApiOperation({ summary: 'The components of a kit.' })
  @ApiOkResponse(answers(ref('Kit')))
  kit(@Param('sku') sku: string) {
    const kit = this.kits.kit(sku);
    if (!kit) throw new Problem('not-found', `${sku} is not a kit.`);
    return kit;
  }

  @Get('transfers/:transferId')
  @MinPosition()
  @ApiOperation({ summary: 'A transfer: requested, shipped, received and missing units.' })
  @ApiOkResponse(answers(ref('Transfer')))
  async transfer(@Param('transferId') transferId: string) {
    const transfer = await this.levels.findTransfer(transferId);
    if (!transfer) throw new Problem('not-found', `There is no transfer ${transferId}.`);
    return transfer;
  }

  /** For staff, because it shows orders of every channel. */
  @Get('reservations')
  @RequireScope('ops:read')
  @MinPosition()
  @SkuParameter()
  @IdParameter('locationId')
  @ApiQuery({ name: 'overdue', required: false, enum: ['true', 'false'] })
  @ApiOperation({ summary: 'Reservations of a SKU that have not ended, at most 1,000, the oldest first.' })
  @ApiOkResponse(answers(itemsOf('Reservation')))
  async reservations(@QueryString() query: Query) {
    const onlyOverdue = oneOf(query, 'overdue', ['true', 'false']) === 'true';
    const items = await this.levels.openReservations(sku(query), id(query, 'locationId'), new Date());
    return { items: onlyOverdue ? items.filter(({ overdue }) => overdue) : items };
  }
}

interface Place {
  readonly sku: string;
  readonly locationId: string;
}
